import { button, make } from "../content.js";
import type { OpenDetail } from "../content.js";
import type { NotifierClient } from "../interim.js";
import type { Words } from "../texts.js";
import css from "./bell.css?inline";
import { NotifierElement } from "./element.js";
import { icon } from "./icons.js";
import { Panel } from "./panel.js";
import { place } from "./place.js";

const MOST_SHOWN = 99;

/**
 * A bell with the number of unread notifications; it opens a panel with the inbox.
 *
 * @attr url, token-url, lang, theme
 * @attr system - offers to tell by the system what comes while no tab is visible
 */
export class NotifierBell extends NotifierElement {
  protected readonly css = css;
  #button: HTMLButtonElement | null = null;
  #panel: Panel | null = null;

  /** Whether the panel is open. */
  get open(): boolean {
    return this.#panel !== null && !this.#panel.node.hidden;
  }

  set open(open: boolean) {
    if (open !== this.open) this.#toggle(open);
  }

  override focus(options?: FocusOptions): void {
    this.#button?.focus(options);
  }

  protected draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void {
    const badge = make("span", { class: "badge", part: "badge", "aria-hidden": "true" });
    const attributes = { id: "bell", part: "button", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": "panel" };
    const bell = button(attributes, () => this.#toggle(!this.open), icon("bell"), badge);
    const panel = new Panel(client, words, () => this.#toggle(false), signal);
    this.#button = bell;
    this.#panel = panel;
    root.append(bell, panel.node);

    const count = (): void => {
      const { unread, status } = client;
      badge.hidden = unread === 0;
      badge.textContent = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
      const name = words.say("notifications") + (unread === 0 ? "" : `, ${words.say("unread", unread)}`);
      bell.setAttribute("aria-label", status === "offline" || status === "refused" ? `${name}. ${words.say(status)}` : name);
      bell.dataset["status"] = status;
    };
    for (const type of ["state", "notification", "status", "welcome"]) client.addEventListener(type, count, { signal });
    count();

    const seek = (): void => {
      if (this.open) place(panel.node, bell);
    };
    addEventListener("resize", seek, { signal });
    addEventListener("scroll", seek, { signal, capture: true, passive: true });
    root.addEventListener("keydown", (event) => this.#onKey(event as KeyboardEvent), { signal });
    document.addEventListener("pointerdown", (event) => this.#leave(event.composedPath()), { signal });
    document.addEventListener("focusin", (event) => this.#leave(event.composedPath()), { signal });
    root.addEventListener("notifier-action", (event) => read(event as CustomEvent<OpenDetail>), { signal });
    const read = ({ detail }: CustomEvent<OpenDetail>): void => client.read([detail.notification.id]);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.open) return;
    event.preventDefault();
    this.#toggle(false);
  }

  /** What is pressed or focused elsewhere closes the panel, and keeps the focus. */
  #leave(path: readonly EventTarget[]): void {
    if (this.open && !path.includes(this) && !path.some((each) => each instanceof Element && each.localName === "notifier-toasts")) {
      this.#toggle(false, false);
    }
  }

  #toggle(open: boolean, refocus = true): void {
    const [bell, panel] = [this.#button, this.#panel];
    if (bell === null || panel === null) return;
    bell.setAttribute("aria-expanded", String(open));
    if (open) {
      panel.open(this.hasAttribute("system"));
      place(panel.node, bell);
      panel.node.focus({ preventScroll: true });
    } else {
      panel.close();
      if (refocus) bell.focus();
    }
    this.dispatchEvent(new CustomEvent(open ? "notifier-opened" : "notifier-closed", { bubbles: true, composed: true }));
  }
}
