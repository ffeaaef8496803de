import type { Level, Notification } from "../frames.js";
import { safeHref } from "../links.js";
import { listen } from "../listen.js";
import { button, make } from "./dom.js";
import type { Words } from "./texts.js";

/** What a person may do about a notification: one of its `data.actions`. */
export interface Action {
  readonly label: string;
  /** What the page is told with the event `notifier-action`; "" for a link. */
  readonly name: string;
  /** A safe address to follow, or "". */
  readonly url: string;
}

/** The detail of `notifier-open`: the person follows the notification's link. */
export interface OpenDetail {
  readonly notification: Notification;
}

/** The detail of `notifier-action`: the person chose one of its actions. */
export interface ActionDetail extends OpenDetail {
  readonly action: Action;
}

/** What a toast or a row says: a notification, or many in one, whose `notification` is null. */
export interface Content {
  readonly title: string;
  readonly body: string;
  readonly level: Level;
  readonly notification: Notification | null;
}

const MOST_ACTIONS = 3;

/** `data.actions`: a list of `{label, url}` or `{label, name}`, at most three. What is malformed or leads nowhere safe is left out. */
export const actionsOf = (notification: Notification | null): Action[] => {
  const actions = notification?.data["actions"];
  const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
  return (Array.isArray(actions) ? actions : [])
    .map((each: unknown) => {
      const { label, name, url } = (each ?? {}) as Record<string, unknown>;
      return { label: text(label), name: url === undefined ? text(name) : "", url: safeHref(text(url)) ?? "" };
    })
    .filter(({ label, name, url }) => label && (name || url))
    .slice(0, MOST_ACTIONS);
};

/** A link that tells the page first; a listener that prevents the default follows it in its own way. */
const link = (names: string, href: string, text: string, tell: () => boolean): HTMLElement => {
  const made = make("a", names, { href, rel: "noopener noreferrer", dir: "auto" }, text);
  listen(made, "click", (event) => tell() || event.preventDefault());
  return made;
};

/** The notification's own picture if its address is safe, and otherwise, or when it does not load, the sign of its level. */
const picture = (source: string | undefined): HTMLElement => {
  const frame = make("span", "icon", { "aria-hidden": "true" });
  const src = safeHref(source);
  if (!src) return frame;
  const image = make("img", "", { referrerpolicy: "no-referrer", src, alt: "" });
  listen(image, "error", () => image.remove());
  frame.append(image);
  return frame;
};

/**
 * Builds a toast or a row of the list. Every text of the notification is set as text.
 *
 * @param tools what stands at its end
 * @param meta what stands below the body
 * @param press what a title that is no link does when it is pressed; without it, it is no button
 */
export const card = (
  names: string,
  { title, body, level, notification }: Content,
  words: Words,
  tools: HTMLElement[],
  meta?: HTMLElement,
  press?: () => void,
): HTMLLIElement => {
  const tell = (type: string, detail: object): boolean =>
    node.dispatchEvent(new CustomEvent(type, { detail: { notification, ...detail }, bubbles: true, composed: true, cancelable: true }));
  const href = safeHref(notification?.url);
  const heading =
    href
      ? link("title", href, title, () => tell("notifier-open", {}))
      : press
        ? button("title", title, press, { dir: "auto" })
        : make("span", "title", { dir: "auto" }, title);
  const actions = actionsOf(notification).map((action) => {
    const { label, url } = action;
    const choose = (): boolean => tell("notifier-action", { action });
    return url ? link("action", url, label, choose) : button("action", label, choose, { dir: "auto" });
  });
  const text = make(
    "div",
    "text",
    {},
    make("span", "hidden", {}, `${words.say(level)}: `),
    heading,
    body && make("p", "body", { dir: "auto" }, body),
    meta,
    actions[0] ? make("div", "actions", {}, ...actions) : null,
  );
  const attributes = { "data-level": level, "data-id": notification?.id ?? "" };
  const node = make("li", names, attributes, picture(notification?.icon), text, make("div", "tools", {}, ...tools));
  return node;
};
