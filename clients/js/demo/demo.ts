import {
  type Banner,
  NotifierClient,
  type NotificationDetail,
  type StateDetail,
  type Status,
  type StatusDetail,
} from "../src/index.js";
import type { NotifierToasts } from "../src/elements.js";
import { CommandCopy } from "./copying.js";
import { ReceivedList } from "./received.js";
import { SendForm } from "./sending.js";

interface Page {
  readonly recipient: string;
  readonly socket_path: string;
  readonly send_path: string;
}

const STATES: Readonly<Record<Status, string>> = {
  connecting: "Connecting",
  live: "Live",
  offline: "Offline",
  refused: "Refused",
};

function element<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no #${id}.`);
  return found;
}

const page = JSON.parse(element("page", HTMLScriptElement).textContent ?? "") as Page;
const client = new NotifierClient({ url: page.socket_path, user: page.recipient });
const received = new ReceivedList(element("received", HTMLUListElement), element("nothing", HTMLElement));
const state = element("state", HTMLElement);
const reason = element("state-reason", HTMLElement);
const unread = element("unread", HTMLElement);
const banner = element("banner", HTMLElement);
const readAll = element("read-all", HTMLButtonElement);

function showUnread(): void {
  const count = client.unread;
  unread.textContent = String(count);
  unread.setAttribute("aria-label", `${count} unread`);
  unread.hidden = count === 0;
  readAll.disabled = count === 0;
  document.title = count === 0 ? "Demo · Notifier" : `(${count}) Demo · Notifier`;
}

function showStatus({ status, reason: why }: StatusDetail): void {
  state.dataset["state"] = status;
  state.textContent = STATES[status];
  // While it comes back by itself, why it went is of no use to the person.
  reason.textContent = status === "refused" ? why : "";
}

function showBanner(shown: Banner | null): void {
  banner.hidden = shown === null;
  banner.textContent = shown?.text ?? "";
  banner.dataset["level"] = shown?.level ?? "info";
}

client.addEventListener("banner", ({ detail }: CustomEvent<Banner | null>) => showBanner(detail));
client.addEventListener("status", ({ detail }: CustomEvent<StatusDetail>) => showStatus(detail));
client.addEventListener("notification", ({ detail }: CustomEvent<NotificationDetail>) => {
  received.add(detail);
  showUnread();
});
client.addEventListener("state", ({ detail }) => {
  received.markRead(detail as StateDetail);
  showUnread();
});
readAll.addEventListener("click", () => client.readAll());

new SendForm(element("send-form", HTMLFormElement), element("send-result", HTMLElement), page.send_path);
new CommandCopy(element("copy", HTMLButtonElement), element("curl", HTMLElement), element("copy-result", HTMLElement));
for (const each of document.querySelectorAll<NotifierToasts>("notifier-toasts, notifier-bell")) each.client = client;
client.connect();
