import type { Notification } from "./frames.js";
import { safeHref } from "./links.js";

/** What a person may do about a notification: one of its `data.actions`. */
export interface Action {
  readonly label: string;
  /** What the page is told with the event `notifier-action`; "" for a link. */
  readonly name: string;
  /** A safe address to follow, or "". */
  readonly url: string;
}

/** The detail of `notifier-open` and `notifier-action`. */
export interface OpenDetail {
  readonly notification: Notification;
}

export interface ActionDetail extends OpenDetail {
  readonly action: Action;
}

const MOST_ACTIONS = 3;

/** `data.actions`: a list of `{label, url}` or `{label, name}`, at most three. What is malformed or leads nowhere safe is left out. */
export function actionsOf({ data }: Notification, base: string): Action[] {
  const given = data["actions"];
  if (!Array.isArray(given)) return [];
  return given
    .map((each: unknown): Action => {
      const { label, name, url } = (each ?? {}) as Record<string, unknown>;
      const href = typeof url === "string" ? safeHref(url, base) : null;
      const told = url === undefined && typeof name === "string" ? name : "";
      return { label: typeof label === "string" ? label.trim() : "", name: told, url: href ?? "" };
    })
    .filter(({ label, name, url }) => label !== "" && (name !== "" || url !== ""))
    .slice(0, MOST_ACTIONS);
}

type Child = Node | string | null;

/** Makes an element. `class` names are also its parts; texts are set as text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A button with a name, and what is seen on it. */
export function button(attributes: Readonly<Record<string, string>>, press: () => void, ...children: Child[]): HTMLButtonElement {
  const element = make("button", { type: "button", ...attributes }, ...children);
  element.addEventListener("click", press);
  return element;
}

/** Tells the page of what a person did; a listener that prevents the default takes over. Returns whether none did. */
function tell(from: Element, type: string, detail: OpenDetail): boolean {
  return from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
}

function link(href: string, attributes: Readonly<Record<string, string>>, text: string, press: (link: Element) => boolean): HTMLElement {
  const element = make("a", { href, rel: "noopener noreferrer", dir: "auto", ...attributes }, text);
  element.addEventListener("click", (event) => {
    if (!press(element)) event.preventDefault();
  });
  return element;
}

/** The title as a link to where the notification leads, or null when that is nowhere safe. */
export function titleLink(notification: Notification, attributes: Readonly<Record<string, string>>): HTMLElement | null {
  const href = safeHref(notification.url, document.baseURI);
  if (href === null) return null;
  return link(href, attributes, notification.title, (from) => tell(from, "notifier-open", { notification }));
}

/** The actions as links and buttons, or null when there are none. `done` is called after one of them was chosen. */
export function actionBar(
  notification: Notification,
  names: { readonly bar: string; readonly action: string },
  done: () => void,
): HTMLElement | null {
  const actions = actionsOf(notification, document.baseURI);
  if (actions.length === 0) return null;
  const nodes = actions.map((action) => {
    const attributes = { class: names.action, part: "action", dir: "auto" };
    const press = (from: Element): boolean => {
      const go = tell(from, "notifier-action", { notification, action } as ActionDetail);
      done();
      return go;
    };
    if (action.url !== "") return link(action.url, attributes, action.label, press);
    const made = button(attributes, () => void press(made), action.label);
    return made;
  });
  return make("div", { class: names.bar, part: "actions" }, ...nodes);
}

/** The notification's own picture if its address is safe, and otherwise, or when it does not load, the sign of its level. */
export function picture({ icon, level }: Pick<Notification, "icon" | "level">, className: string): HTMLElement {
  const frame = make("span", { class: className, part: "icon", "aria-hidden": "true", "data-level": level });
  const src = safeHref(icon, document.baseURI);
  if (src === null) return frame;
  const image = make("img", { alt: "", referrerpolicy: "no-referrer", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => {
    image.remove();
    delete frame.dataset["image"];
  });
  image.src = src;
  frame.dataset["image"] = "";
  frame.append(image);
  return frame;
}
