import type { NotifierClient } from "../client.js";
import { listen } from "../listen.js";
import { icon, make } from "./dom.js";
import { NotifierElement } from "./element.js";
import { createPanel } from "./panel.js";
import type { Words } from "./texts.js";

const MOST_SHOWN = 99;

/**
 * A bell with the number of unread notifications; it opens a panel with the inbox.
 *
 * @attr system - offers to tell by the system what comes while no tab is visible
 * @fires notifier-toggle - the panel was opened or closed
 */
export class NotifierBell extends NotifierElement {
  #bell: HTMLElement | undefined;
  #panel: HTMLElement | undefined;

  /** Whether the panel is open. */
  get open(): boolean {
    return !!this.#panel?.matches(":popover-open");
  }

  set open(open: boolean) {
    this.#panel?.togglePopover(open);
  }

  override focus(options?: FocusOptions): void {
    this.#bell?.focus(options);
  }

  protected draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void {
    const badge = make("span", "badge", { "aria-hidden": "true", "data-level": "error" });
    const attributes = { id: "bell", popovertarget: "panel" };
    const bell = (this.#bell = make("button", "button", attributes, icon("bell"), badge));
    const panel = (this.#panel = createPanel(client, words, this, signal));
    root.append(bell, panel);

    const count = (): void => {
      const { unread, status } = client;
      const name = [words.say("notifications")];
      // What is heard is what is seen.
      const number = unread > MOST_SHOWN ? `${words.number(MOST_SHOWN)}+` : words.number(unread);
      if (unread) name.push(words.say("unreadCount", unread, number));
      if (status !== "live") name.push(words.say(status));
      bell.ariaLabel = name.join(", ");
      bell.dataset["status"] = status;
      badge.hidden = !unread;
      badge.textContent = number;
    };
    for (const type of ["state", "notification", "status"]) listen(client, type, count, signal);
    count();

    listen(panel, "beforetoggle", () => {
      if (panel.contains(root.activeElement)) bell.focus({ preventScroll: true });
    });
    listen(panel, "toggle", () => this.dispatchEvent(new Event("notifier-toggle")));
    // The browser closes it when something else is pressed; what is focused elsewhere must not lie below it.
    const leave = (event: Event): void => {
      if (!event.composedPath().includes(this)) this.open = false;
    };
    listen(window, "focusin", leave, signal);
  }
}
