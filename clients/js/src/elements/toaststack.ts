import type { Level, Notification } from "../frames.js";
import { type Content, actionsOf, card } from "./card.js";
import { Countdown } from "./countdown.js";
import { focusedBeside, iconButton, make } from "./dom.js";
import { hotkey } from "./hotkey.js";
import { swipeable } from "./swipe.js";
import type { Words } from "./texts.js";

export interface ToastOptions {
  /** How many are visible at once. The rest is counted. */
  readonly max: number;
  /** Milliseconds that a toast stays. Errors and those with actions stay until they are dismissed. */
  readonly duration: number;
  /** The key that brings the focus to the toasts and back, such as "F8" or "Alt+T"; "" is none. */
  readonly hotkey: string;
  readonly words: Words;
}

interface Toast {
  readonly content: Content;
  readonly node: HTMLElement;
  /** Rises from toast to toast. */
  readonly order: number;
  /** Null for one that stays. */
  readonly countdown: Countdown | null;
}

/** What waits beyond this is counted, and becomes one toast at the end: old news, one by one, helps nobody. */
const MAX_WAITING = 20;

/** How long a text stays for a screen reader to take it, in milliseconds. */
const SPOKEN = 1_000;

/**
 * A stack of toasts, the newest at the bottom. The oldest go first, and those that wait follow, those that stay ahead of
 * the others; nothing moves or ends while the pointer, a finger or the focus is on the stack, or the page is hidden. One that stays
 * gives its place to what comes after it, and returns when there is room.
 */
export class ToastStack {
  /** The words that the stack speaks in. */
  readonly words: Words;
  readonly #max: number;
  readonly #duration: number;
  readonly #isHotkey: (event: KeyboardEvent) => boolean;
  readonly #root: HTMLElement;
  readonly #list = make("ol", "list", { role: "list" });
  readonly #more = make("p", "more", { hidden: "hidden" });
  // Live regions that exist before they speak: errors and warnings interrupt, the rest waits its turn. They hold nothing but text.
  readonly #alert = make("div", "hidden", { role: "alert", "aria-atomic": "false" });
  readonly #status = make("div", "hidden", { role: "status", "aria-atomic": "false" });
  readonly #stop = new AbortController();
  #visible: Toast[] = [];
  /** What was not visible yet, in order. */
  #waiting: Toast[] = [];
  /** Those that stay and gave their place to something newer. */
  #aside: Toast[] = [];
  /** What came when too many waited already: how many, and whether an error was among them. */
  #overflow = { count: 0, hasError: false };
  #shown = 0;
  #hovered = false;
  /** Where the focus came from, to return there when the last toast is gone. */
  #origin: HTMLElement | null = null;
  /** Ids of the notifications whose toasts are visible, and were not on a visible page yet. */
  readonly #unseen = new Set<string>();
  #watcher: ((ids: readonly string[]) => void) | null = null;

  constructor(root: ShadowRoot, { max, duration, hotkey: key, words }: ToastOptions) {
    this.words = words;
    this.#max = max;
    this.#duration = duration;
    this.#isHotkey = hotkey(key);
    const name = words.say("notifications") + (key && ` (${key})`);
    const parts = [this.#more, this.#list, this.#alert, this.#status];
    this.#root = make("div", "region", { role: "region", "aria-label": name }, ...parts);
    root.append(this.#root);
    this.#listen();
  }

  /** Shows a notification; a link only if its address is safe to follow. */
  show(notification: Notification): void {
    const { title, body, level } = notification;
    this.#show({ title, body, level, notification });
  }

  /** Shows one toast that stands for many notifications. */
  showSummary(title: string, body: string, level: Level): void {
    this.#show({ title, body, level, notification: null });
  }

  /**
   * Tells from now on whose toasts become visible on a visible page: `watcher` is called with the ids of their notifications,
   * each once. Null ends it.
   */
  watch(watcher: ((ids: readonly string[]) => void) | null): void {
    this.#watcher = watcher;
  }

  /** Takes away the toasts of these notifications, for they were read elsewhere. */
  remove(ids: ReadonlySet<string>): void {
    const stays = ({ content }: Toast): boolean => content.notification === null || !ids.has(content.notification.id);
    this.#waiting = this.#waiting.filter(stays);
    this.#aside = this.#aside.filter(stays);
    for (const toast of this.#visible.filter((each) => !stays(each))) this.#dismiss(toast);
    this.#settle();
  }

  /** Dismisses every toast, also those that wait. */
  clear(): void {
    this.#waiting = [];
    this.#aside = [];
    this.#overflow = { count: 0, hasError: false };
    for (const toast of [...this.#visible]) this.#dismiss(toast);
  }

  /** Removes the stack from the page. */
  destroy(): void {
    this.clear();
    this.#stop.abort();
    this.#root.remove();
  }

  #show(content: Content): void {
    const { words } = this;
    const { level, notification } = content;
    const done = (): void => this.#dismiss(toast);
    const attributes: Record<string, string> = notification === null ? { "data-summary": "true" } : {};
    const close = iconButton("tool dismiss", done, "close", words.say("dismiss"));
    const node = card("toast notifier-toast", content, { words, done, attributes }, close);
    const stays = level === "error" || (notification !== null && actionsOf(notification).length > 0);
    const countdown = stays ? null : new Countdown(this.#duration, done);
    this.#shown += 1;
    const toast: Toast = { content, node, order: this.#shown, countdown };
    swipeable(node, done);
    this.#waiting.push(toast);
    this.#settle();
  }

  #dismiss(toast: Toast): void {
    const index = this.#visible.indexOf(toast);
    if (index < 0) return;
    this.#visible.splice(index, 1);
    this.#unseen.delete(toast.content.notification?.id ?? "");
    toast.countdown?.pause();
    const hadFocus = toast.node.contains(focusedBeside(this.#root));
    toast.node.remove();
    // The pointer was over a toast that is gone; browsers tell so only when it moves.
    if (this.#visible.length === 0) this.#hovered = false;
    this.#settle();
    if (hadFocus) this.#passFocus();
  }

  /** Brings everything to where it belongs: on the stack, in the line, or into the count. */
  #settle(): void {
    while (this.#visible.length < this.#max || this.#stepAside()) {
      const next = this.#nextWaiting() ?? this.#aside.shift();
      if (next === undefined) break;
      this.#place(next);
    }
    for (const line of [this.#waiting, this.#aside]) {
      for (const { content } of line.splice(MAX_WAITING)) {
        this.#overflow.count += 1;
        this.#overflow.hasError ||= content.level === "error";
      }
    }
    if (this.#overflow.count > 0 && this.#waiting.length === 0 && this.#visible.length < this.#max) this.#sumUp();
    const count = this.#waiting.length + this.#aside.length + this.#overflow.count;
    this.#more.hidden = count === 0;
    this.#more.textContent = count === 0 ? "" : this.words.say("more", count);
    this.#run();
    this.#tellSeen();
  }

  /** Those that stay go before what else waits. */
  #nextWaiting(): Toast | undefined {
    const index = this.#waiting.findIndex((toast) => toast.countdown === null);
    return this.#waiting.splice(Math.max(index, 0), 1)[0];
  }

  #place(toast: Toast): void {
    const { content, node } = toast;
    this.#visible.push(toast);
    this.#list.append(node);
    this.#speak(content);
    if (content.notification !== null) this.#unseen.add(content.notification.id);
  }

  /** Says it to a screen reader; whoever reads the page later finds it once, in the toast. */
  #speak({ title, body, level }: Content): void {
    const line = make("p", "", {}, `${this.words.say(level)}: ${title}. ${body}`);
    (level === "error" || level === "warning" ? this.#alert : this.#status).append(line);
    setTimeout(() => line.remove(), SPOKEN);
  }

  #tellSeen(): void {
    if (this.#unseen.size === 0 || document.visibilityState === "hidden") return;
    const ids = [...this.#unseen];
    this.#unseen.clear();
    this.#watcher?.(ids);
  }

  /** Takes one that stays from the stack for something newer that waits, unless someone is looking. Returns whether it did. */
  #stepAside(): boolean {
    const newest = this.#waiting.at(-1);
    if (newest === undefined || this.#isPaused()) return false;
    const index = this.#visible.findIndex((toast) => toast.countdown === null && toast.order < newest.order);
    const [staying] = index < 0 ? [] : this.#visible.splice(index, 1);
    if (staying === undefined) return false;
    staying.node.remove();
    this.#unseen.delete(staying.content.notification?.id ?? "");
    this.#aside.push(staying);
    return true;
  }

  #sumUp(): void {
    const { count, hasError } = this.#overflow;
    this.#overflow = { count: 0, hasError: false };
    const level = hasError ? "error" : "info"; // One with an error in it stays, as the error would have.
    this.showSummary(this.words.say("moreLater", count), "", level);
  }

  #passFocus(): void {
    const heir = this.#visible.at(-1);
    if (heir !== undefined) this.#focus(heir);
    else this.#goBack();
  }

  #goBack(): void {
    if (this.#origin?.isConnected) this.#origin.focus();
    else (focusedBeside(this.#root) as HTMLElement | null)?.blur();
  }

  #focus({ node }: Toast): void {
    (node.querySelector<HTMLElement>("a, button") ?? node).focus();
  }

  #isPaused(): boolean {
    return this.#hovered || document.visibilityState === "hidden" || this.#root.contains(focusedBeside(this.#root));
  }

  #run(): void {
    const paused = this.#isPaused();
    for (const { countdown } of this.#visible) {
      if (paused) countdown?.pause();
      else countdown?.run();
    }
  }

  #listen(): void {
    const { signal } = this.#stop;
    const hover = (hovered: boolean) => (event: PointerEvent): void => {
      // A finger does not hover: it touches, and after it is lifted nothing would tell that it left.
      const isDown = event.type === "pointerdown";
      this.#hovered = hovered && (event.pointerType !== "touch" || isDown);
      if (this.#hovered) this.#run();
      else this.#settle();
    };
    this.#root.addEventListener("pointerenter", hover(true), { signal });
    this.#root.addEventListener("pointerdown", hover(true), { signal });
    this.#root.addEventListener("pointerleave", hover(false), { signal });
    this.#root.addEventListener("focusin", (event) => this.#cameFrom(event.relatedTarget), { signal });
    // While focusout is dispatched the focus is on nothing yet; a moment later it is where it goes.
    this.#root.addEventListener("focusout", () => queueMicrotask(() => this.#settle()), { signal });
    document.addEventListener("visibilitychange", () => this.#settle(), { signal });
    document.addEventListener("keydown", (event) => this.#onKey(event), { signal });
  }

  #cameFrom(from: EventTarget | null): void {
    if (from instanceof HTMLElement && !this.#root.contains(from)) this.#origin = from;
    this.#run();
  }

  #onKey(event: KeyboardEvent): void {
    const newest = this.#visible.at(-1);
    if (event.defaultPrevented || newest === undefined) return;
    const active = focusedBeside(this.#root);
    const focused = this.#visible.find((toast) => toast.node.contains(active));
    if (event.key === "Escape") {
      this.#dismiss(focused ?? newest);
    } else if (this.#isHotkey(event)) {
      event.preventDefault();
      if (focused === undefined) this.#focus(newest);
      else this.#goBack();
    }
  }
}
