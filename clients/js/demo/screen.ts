import type { NotifierBell, NotifierToasts } from "../src/elements.js";
import type { NotifierClient, Status } from "../src/index.js";
import type { Latency } from "./latency.js";
import { ReceivedList } from "./received.js";

const STATES: Readonly<Record<Status, string>> = {
  connecting: "Connecting",
  live: "Live",
  offline: "Offline",
  refused: "Refused",
};

interface Parts {
  readonly bell: NotifierBell;
  readonly toasts: NotifierToasts;
  readonly state: HTMLElement;
  readonly online: HTMLInputElement;
  readonly received: HTMLElement;
  readonly nothing: HTMLElement;
  readonly latency: HTMLElement;
}

/** One person's page within the page. */
export class Screen {
  constructor(client: NotifierClient, parts: Parts, latency: Latency) {
    const { bell, toasts, state, online } = parts;
    const received = new ReceivedList(parts.received, parts.nothing);
    bell.client = client;
    toasts.client = client;
    client.addEventListener("status", ({ detail: { status } }) => {
      state.dataset["state"] = status;
      state.textContent = STATES[status];
    });
    client.addEventListener("notification", ({ detail }) => {
      received.add(detail);
      if (detail.replayed) return;
      latency.arrived(detail.notification.id, (milliseconds) => {
        parts.latency.textContent = `${Math.max(1, Math.round(milliseconds))} ms after Send`;
      });
    });
    client.addEventListener("state", ({ detail }) => received.markRead(detail));
    online.addEventListener("change", () => (online.checked ? client.connect() : client.close()));
  }
}
