import { NotifierClient as Client } from "./client.js";
import type { NotifierOptions } from "./options.js";
import { sharedTabs } from "./sharing.js";

// What `<script src="notifier.js">` brings: the elements, and the client as `Notifier.NotifierClient`.
export { NotifierBell, NotifierToasts, TEXTS } from "./elements.js";

/** The client, whose tabs share one socket unless `tabs` is null. */
export class NotifierClient extends Client {
  constructor(options: NotifierOptions) {
    super({ tabs: sharedTabs, ...options });
  }
}
