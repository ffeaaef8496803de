import { NotifierClient } from "./client.js";
import { NotifierBell, NotifierToasts, TEXTS } from "./elements.js";
import type { NotifierOptions } from "./options.js";
import { sharedTabs } from "./sharing.js";

/** The client, whose tabs share one socket unless `tabs` is null. */
class SharingClient extends NotifierClient {
  constructor(options: NotifierOptions) {
    super({ tabs: sharedTabs, ...options });
  }
}

/** What `<script src="notifier.js">` brings, beside the elements. */
export const Notifier = { NotifierClient: SharingClient, NotifierBell, NotifierToasts, TEXTS };

(globalThis as { Notifier?: typeof Notifier }).Notifier = Notifier;
