import type { NotifierClient } from "../client.js";
import { listen } from "../listen.js";
import { button, icon, make } from "./dom.js";
import { NotifierElement } from "./element.js";
import { type Panel, createPanel } from "./panel.js";
import { place } from "./place.js";
import type { Words } from "./texts.js";

const MOST_SHOWN = 99;

/**
 * A bell with the number of unread notifications; it opens a panel with the inbox.
 *
 * @attr system - offers to tell by the system what comes while no tab is visible
 * @fires notifier-toggle - the panel was opened or closed
 */
export class NotifierBell extends NotifierElement {
  #bell: HTMLButtonElement | null = null;
  #panel: Panel | null = null;

  /** Whether the panel is open. */
  get open(): boolean {
    return this.#panel?.node.hidden === false;
  }

  set open(open: boolean) {
    if (open !== this.open) this.#toggle(open);
  }

  override focus(options?: FocusOptions): void {
    this.#bell?.focus(options);
  }

  protected draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void {
    const attributes = { id: "bell", "aria-haspopup": "dialog", "aria-controls": "panel" };
    const bell = (this.#bell = button("button", "", () => this.#toggle(!this.open), attributes));
    const badge = make("span", "badge", { "aria-hidden": "true" });
    const panel = (this.#panel = createPanel(client, words, () => this.#toggle(false), signal));
    bell.append(icon("bell"), badge);
    bell.ariaExpanded = "false";
    root.append(bell, panel.node);

    const count = (): void => {
      const { unread, status } = client;
      const name = [words.say("notifications")];
      // What is heard is what is seen.
      const number = unread > MOST_SHOWN ? `${words.number(MOST_SHOWN)}+` : words.number(unread);
      if (unread > 0) name.push(words.say("unreadCount", unread, number));
      if (status !== "live") name.push(words.say(status));
      bell.ariaLabel = name.join(", ");
      bell.dataset["status"] = status;
      badge.hidden = unread === 0;
      badge.textContent = number;
    };
    for (const type of ["state", "notification", "status"]) listen(client, type, count, signal);
    count();

    const seek = (): void => {
      if (this.open) place(panel.node, bell);
    };
    /** What is pressed or focused elsewhere closes the panel, and keeps the focus. */
    const leave = (event: Event): void => {
      if (this.open && !event.composedPath().includes(this)) this.#toggle(false, false);
    };
    listen(window, "resize", seek, signal);
    listen(window, "scroll", seek, signal, true);
    listen(window, "pointerdown", leave, signal);
    listen(window, "focusin", leave, signal);
    bell.onkeydown = panel.node.onkeydown = (event) => {
      if (event.key !== "Escape" || !this.open) return;
      event.preventDefault();
      this.#toggle(false);
    };
  }

  #toggle(open: boolean, refocus = true): void {
    const bell = this.#bell;
    const panel = this.#panel;
    if (bell === null || panel === null) return;
    bell.ariaExpanded = String(open);
    if (open) {
      panel.open(this.hasAttribute("system"));
      panel.node.showPopover();
      place(panel.node, bell);
      panel.node.focus({ preventScroll: true });
    } else {
      panel.node.hidePopover();
      panel.node.hidden = true;
      if (refocus) bell.focus();
    }
    this.dispatchEvent(new Event("notifier-toggle"));
  }
}
