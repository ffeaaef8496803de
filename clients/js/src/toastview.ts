import type { Level } from "./frames.js";
import { safeHref } from "./links.js";

/** What one toast says. */
export interface ToastContent {
  /** The notification's id; "" for a summary. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly level: Level;
  readonly url: string;
  readonly summary: boolean;
}

const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  info: "Information",
  success: "Success",
  warning: "Warning",
  error: "Error",
};

/** Builds the element of a toast. Every text of the notification is set as text. */
export function buildToast(document: Document, content: ToastContent, dismiss: () => void): HTMLElement {
  const toast = document.createElement("div");
  toast.className = "notifier-toast";
  toast.dataset["level"] = content.level;
  if (content.id !== "") toast.dataset["id"] = content.id;
  if (content.summary) toast.dataset["summary"] = "";

  const icon = document.createElement("span");
  icon.className = "notifier-toast-icon";
  icon.setAttribute("aria-hidden", "true");

  const text = document.createElement("div");
  text.className = "notifier-toast-text";
  // The level is a colour and a sign for the eye; this says it to those who hear it.
  const level = document.createElement("span");
  level.className = "notifier-toast-level";
  level.textContent = `${LEVEL_NAMES[content.level]}: `;
  const title = document.createElement("p");
  title.className = "notifier-toast-title";
  title.dir = "auto";
  title.append(level, titleText(document, content));
  text.append(title);
  if (content.body !== "") {
    const body = document.createElement("p");
    body.className = "notifier-toast-body";
    body.dir = "auto";
    body.textContent = content.body;
    text.append(body);
  }

  const button = document.createElement("button");
  button.type = "button";
  button.className = "notifier-toast-dismiss";
  button.setAttribute("aria-label", "Dismiss");
  button.addEventListener("click", dismiss);

  toast.append(icon, text, button);
  return toast;
}

function titleText(document: Document, content: ToastContent): Node {
  const href = safeHref(content.url, document.location.href);
  if (href === null) return document.createTextNode(content.title);
  const link = document.createElement("a");
  link.href = href;
  link.rel = "noopener noreferrer";
  link.textContent = content.title;
  return link;
}
