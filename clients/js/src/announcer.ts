import { make } from "./content.js";
import type { Level } from "./frames.js";

/** How long a text stays for a screen reader to take it, in milliseconds. */
const SPOKEN = 1_000;

/**
 * Two live regions that exist before they speak: errors and warnings interrupt, the rest waits its turn. They hold nothing but text,
 * and that only until it was taken: whoever reads the page finds each toast once.
 */
export class Announcer {
  readonly #alert = make("div", { class: "notifier-live", role: "alert", "aria-atomic": "false" });
  readonly #status = make("div", { class: "notifier-live", role: "status", "aria-atomic": "false" });

  constructor(parent: ParentNode) {
    parent.append(this.#alert, this.#status);
  }

  say(text: string, level: Level): void {
    const line = make("p", {}, text);
    (level === "error" || level === "warning" ? this.#alert : this.#status).append(line);
    setTimeout(() => line.remove(), SPOKEN);
  }
}
