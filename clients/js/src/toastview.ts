import { actionBar, actionsOf, button, make, picture, titleLink } from "./content.js";
import type { Level, Notification } from "./frames.js";
import type { Words } from "./texts.js";

/** What one toast says: a notification, or one that stands for many, whose `notification` is null. */
export interface ToastContent {
  readonly title: string;
  readonly body: string;
  readonly level: Level;
  readonly notification: Notification | null;
}

/** Whether it waits for the person: an error does, and what asks them to choose. */
export function stays({ level, notification }: ToastContent): boolean {
  return level === "error" || (notification !== null && actionsOf(notification, document.baseURI).length > 0);
}

/** What a screen reader says of it, in one piece: the level is a colour and a sign for the eye alone. */
export function spoken({ title, body, level }: ToastContent, words: Words): string {
  return `${words.say(level)}: ${title}${body === "" ? "" : `. ${body}`}`;
}

/** Builds the element of a toast. Every text of the notification is set as text. */
export function buildToast(content: ToastContent, words: Words, dismiss: () => void): HTMLElement {
  const { title, body, level, notification } = content;
  const link = notification && titleLink(notification, { class: "notifier-toast-link", part: "link" });
  const heading = make(
    "p",
    { class: "notifier-toast-title", part: "title", dir: "auto" },
    make("span", { class: "notifier-toast-level" }, `${words.say(level)}: `),
    link ?? title,
  );
  const text = make("div", { class: "notifier-toast-text" }, heading);
  if (body !== "") text.append(make("p", { class: "notifier-toast-body", part: "body", dir: "auto" }, body));
  const names = { bar: "notifier-toast-actions", action: "notifier-toast-action" };
  const actions = notification && actionBar(notification, names, dismiss);
  if (actions !== null) text.append(actions);
  const icon = picture({ icon: notification?.icon ?? "", level }, "notifier-toast-icon");
  const close = button({ class: "notifier-toast-dismiss", part: "dismiss", "aria-label": words.say("dismiss") }, dismiss);
  const toast = make("li", { class: "notifier-toast", part: `toast toast-${level}`, "data-level": level }, icon, text, close);
  if (notification === null) toast.dataset["summary"] = "";
  else toast.dataset["id"] = notification.id;
  return toast;
}
