import type { Notifier as Built } from "../src/script.js";
import type { NotifierBell, NotifierToasts } from "../src/elements.js";
import { closeReason } from "../src/closecodes.js";
import { CommandCopy } from "./copying.js";
import { Latency } from "./latency.js";
import { Screen } from "./screen.js";
import { Sender } from "./sending.js";
import type { Banner, NotifierClient } from "../src/index.js";

interface Page {
  readonly recipient: string;
  readonly neighbour: string;
  readonly socket_path: string;
  readonly send_path: string;
  readonly token_path: string;
}

// The page runs the file that the service serves, as any page does.
declare const Notifier: typeof Built;

function element<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no #${id}.`);
  return found;
}

const page = JSON.parse(element("page", HTMLScriptElement).textContent ?? "") as Page;
const latency = new Latency();
const form = element("send-form", HTMLFormElement);
const sender = new Sender(form, element("send-result", HTMLElement), page.send_path, [page.recipient, page.neighbour], latency);

/** One of the two, with all that their screen consists of. */
function screen(prefix: string, client: NotifierClient): Screen {
  const parts = {
    bell: element(`${prefix}bell`, HTMLElement) as NotifierBell,
    toasts: element(`${prefix}toasts`, HTMLElement) as NotifierToasts,
    state: element(`${prefix}state`, HTMLElement),
    online: element(`${prefix}online`, HTMLInputElement),
    received: element(`${prefix}received`, HTMLUListElement),
    nothing: element(`${prefix}nothing`, HTMLElement),
    latency: element(`${prefix}latency`, HTMLElement),
  };
  return new Screen(client, parts, latency);
}

async function token(): Promise<string> {
  const { token } = (await sender.post(page.token_path, {})) as { token: string };
  return token;
}

const client = new Notifier.NotifierClient({ url: page.socket_path, user: page.recipient });
const neighbour = new Notifier.NotifierClient({ url: page.socket_path, user: page.neighbour, getToken: token });
screen("", client);
screen("neighbour-", neighbour);

const unread = element("unread", HTMLElement);
const banner = element("banner", HTMLElement);
const reason = element("state-reason", HTMLElement);
const readAll = element("read-all", HTMLButtonElement);

function showUnread(): void {
  const count = client.unread;
  unread.textContent = String(count);
  unread.hidden = count === 0;
  // A button that can no longer be pressed would lose the focus: what it stands in gets it.
  if (count === 0 && readAll === document.activeElement) readAll.closest<HTMLElement>("[tabindex]")?.focus();
  readAll.disabled = count === 0;
  document.title = count === 0 ? "Demo · Notifier" : `(${count}) Demo · Notifier`;
}

function showBanner(shown: Banner | null): void {
  banner.hidden = shown === null;
  banner.textContent = shown?.text ?? "";
  banner.dataset["level"] = shown?.level ?? "info";
}

client.addEventListener("banner", ({ detail }) => showBanner(detail));
client.addEventListener("notification", showUnread);
client.addEventListener("state", showUnread);
client.addEventListener("status", ({ detail: { status, code, reason: why } }) => {
  // While it comes back by itself, why it went is of no use to the person.
  reason.textContent = status === "refused" ? why || closeReason(code) : "";
});
readAll.addEventListener("click", () => client.readAll());
element("levels", HTMLButtonElement).addEventListener("click", () => void sender.everyLevel());
element("burst", HTMLButtonElement).addEventListener("click", () => void sender.burst(10));
new CommandCopy(element("copy", HTMLButtonElement), element("curl", HTMLElement), element("copy-result", HTMLElement));
new CommandCopy(element("copy-html", HTMLButtonElement), element("html", HTMLElement), element("copy-html-result", HTMLElement));
client.connect();
