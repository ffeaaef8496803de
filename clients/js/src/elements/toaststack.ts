import type { Level, Notification } from "../frames.js";
import { type Content, actionsOf, card } from "./card.js";
import { Countdown } from "./countdown.js";
import { focusedBeside, iconButton, make } from "./dom.js";
import { hotkey } from "./hotkey.js";
import { swipeable } from "./swipe.js";
import type { Words } from "./texts.js";

export interface ToastOptions {
  readonly words: Words;
  /** How many are visible at once. The rest is counted. */
  readonly max: number;
  /** Milliseconds that a toast stays. Errors and those with actions stay until they are dismissed. */
  readonly duration: number;
  /** The key that brings the focus to the toasts and back, such as "F8" or "Alt+T"; "" is none. */
  readonly hotkey: string;
  /** Called with the ids of notifications whose toasts became visible on a visible page, each once. */
  readonly seen: (ids: string[]) => void;
}

/** Who goes first when there is room: what stays, for it may matter most; what came; what stays and had its turn. */
const enum Turn {
  stays,
  comes,
  aside,
}

interface Toast {
  readonly content: Content;
  readonly node: HTMLElement;
  /** Rises from toast to toast. */
  readonly order: number;
  /** Null for one that stays. */
  readonly countdown: Countdown | null;
  turn: Turn;
}

/** What waits beyond this is counted, and becomes one toast at the end: old news, one by one, helps nobody. */
const MAX_WAITING = 20;

/** How long a text stays for a screen reader to take it, in milliseconds. */
const SPOKEN = 1_000;

/**
 * A stack of toasts, the newest at the bottom. The oldest go first, and those that wait follow, those that stay ahead of
 * the others; nothing moves or ends while the pointer, a finger or the focus is on the stack, or the page is hidden. Where all of them
 * stay, the oldest gives its place to what comes after it, and returns when there is room.
 */
export class ToastStack {
  readonly #options: ToastOptions;
  readonly #root: HTMLElement;
  readonly #list = make("ol", "list", { role: "list" });
  readonly #more = make("p", "more", { hidden: "hidden" });
  // Live regions that exist before they speak: errors and warnings interrupt, the rest waits its turn. They hold nothing but text.
  readonly #alert = make("div", "hidden", { role: "alert", "aria-atomic": "false" });
  readonly #status = make("div", "hidden", { role: "status", "aria-atomic": "false" });
  #visible: Toast[] = [];
  #waiting: Toast[] = [];
  /** What came when too many waited already. */
  #overflow = 0;
  #overflowLevel: Level = "info";
  #shown = 0;
  #hovered = false;
  /** Where the focus came from, to return there when the last toast is gone. */
  #origin: HTMLElement | null = null;
  /** Ids of the notifications whose toasts are visible, and were not on a visible page yet. */
  #unseen: string[] = [];

  constructor(root: ShadowRoot, options: ToastOptions, signal: AbortSignal) {
    this.#options = options;
    const { words, hotkey: key } = options;
    const name = words.say("notifications") + (key && ` (${key})`);
    const parts = [this.#more, this.#list, this.#alert, this.#status];
    this.#root = make("div", "region", { role: "region", "aria-label": name }, ...parts);
    root.append(this.#root);
    this.#listen(hotkey(key), signal);
    signal.addEventListener("abort", () => {
      this.#waiting = [];
      for (const { countdown } of this.#visible) countdown?.pause();
    });
  }

  get words(): Words {
    return this.#options.words;
  }

  /** Shows a notification; a link only if its address is safe to follow. */
  show(notification: Notification): void {
    const { title, body, level } = notification;
    this.#add({ title, body, level, notification });
  }

  /** Shows one toast that stands for many notifications. */
  showSummary(title: string, body: string, level: Level): void {
    this.#add({ title, body, level, notification: null });
  }

  /** Takes away the toasts that no longer matter; `goes` is called with the notification of each, null for a summary. */
  remove(goes: (notification: Notification | null) => boolean): void {
    const isGone = ({ content }: Toast): boolean => goes(content.notification);
    this.#waiting = this.#waiting.filter((toast) => !isGone(toast));
    for (const toast of this.#visible.filter(isGone)) this.#dismiss(toast);
    this.#settle();
  }

  #add(content: Content): void {
    const { words, duration } = this.#options;
    const { level, notification } = content;
    const dismiss = (): void => this.#dismiss(toast);
    const attributes: Record<string, string> = notification === null ? { "data-summary": "true" } : {};
    const close = iconButton("tool dismiss", dismiss, "close", words.say("dismiss"));
    const node = card("toast notifier-toast", content, { words, done: dismiss, attributes }, close);
    const stays = level === "error" || (notification !== null && actionsOf(notification).length > 0);
    const countdown = stays ? null : new Countdown(duration, dismiss);
    const toast: Toast = { content, node, countdown, order: this.#shown++, turn: stays ? Turn.stays : Turn.comes };
    swipeable(node, dismiss);
    this.#waiting.push(toast);
    this.#settle();
  }

  #dismiss(toast: Toast): void {
    if (!this.#visible.includes(toast)) return;
    const hadFocus = toast.node.contains(focusedBeside(this.#root));
    toast.countdown?.pause();
    this.#takeOff(toast);
    // The pointer was over a toast that is gone; browsers tell so only when it moves.
    if (this.#visible.length === 0) this.#hovered = false;
    this.#settle();
    if (hadFocus) this.#passFocus();
  }

  #takeOff(toast: Toast): void {
    this.#visible = this.#visible.filter((each) => each !== toast);
    this.#unseen = this.#unseen.filter((id) => id !== toast.content.notification?.id);
    toast.node.remove();
  }

  /** Brings everything to where it belongs: on the stack, in the line, or into the count. */
  #settle(): void {
    const { max, words, seen } = this.#options;
    const isPaused = this.#isPaused();
    while (this.#visible.length < max || (!isPaused && this.#stepAside())) {
      const next = this.#waiting.sort((one, other) => one.turn - other.turn).shift();
      if (next === undefined) break;
      this.#place(next);
    }
    for (const { content } of this.#waiting.splice(MAX_WAITING)) {
      this.#overflow += 1;
      // One with an error in it stays, as the error would have.
      if (content.level === "error") this.#overflowLevel = "error";
    }
    if (this.#overflow > 0 && this.#visible.length < max) {
      const title = words.say("moreLater", this.#overflow);
      this.#overflow = 0;
      this.showSummary(title, "", this.#overflowLevel);
      this.#overflowLevel = "info";
    }
    const count = this.#waiting.length + this.#overflow;
    this.#more.hidden = count === 0;
    this.#more.textContent = words.say("more", count);
    for (const { countdown } of this.#visible) {
      if (isPaused) countdown?.pause();
      else countdown?.run();
    }
    if (document.hidden || this.#unseen.length === 0) return;
    seen(this.#unseen);
    this.#unseen = [];
  }

  #place(toast: Toast): void {
    const { title, body, level, notification } = toast.content;
    this.#visible.push(toast);
    this.#list.append(toast.node);
    if (notification !== null) this.#unseen.push(notification.id);
    if (toast.turn === Turn.aside) return;
    // Whoever reads the page later finds it once, in the toast.
    const line = make("p", "", {}, `${this.words.say(level)}: ${title}. ${body}`);
    (level === "error" || level === "warning" ? this.#alert : this.#status).append(line);
    setTimeout(() => line.remove(), SPOKEN);
  }

  /** Where all that is visible stays, takes one of them from the stack for something newer that waits. Returns whether it did. */
  #stepAside(): boolean {
    if (this.#visible.some(({ countdown }) => countdown !== null)) return false;
    const newest = this.#waiting.reduce((most, { turn, order }) => (turn === Turn.aside ? most : Math.max(most, order)), -1);
    const staying = this.#visible.find(({ order }) => order < newest);
    if (staying === undefined) return false;
    this.#takeOff(staying);
    staying.turn = Turn.aside;
    this.#waiting.push(staying);
    return true;
  }

  #passFocus(): void {
    const heir = this.#visible.at(-1)?.node.querySelector<HTMLElement>("a, button");
    if (heir) heir.focus();
    else this.#goBack();
  }

  #isPaused(): boolean {
    return this.#hovered || document.hidden || this.#root.contains(focusedBeside(this.#root));
  }

  #listen(isHotkey: (event: KeyboardEvent) => boolean, signal: AbortSignal): void {
    const root = this.#root;
    const hover = (event: PointerEvent): void => {
      // A finger does not hover: it touches, and after it is lifted nothing would tell that it left.
      this.#hovered = event.type === "pointerdown" || (event.type === "pointerenter" && event.pointerType !== "touch");
      this.#settle();
    };
    for (const type of ["pointerenter", "pointerdown", "pointerleave"] as const) root.addEventListener(type, hover);
    root.addEventListener("focusin", ({ relatedTarget: from }) => {
      if (from instanceof HTMLElement && !root.contains(from)) this.#origin = from;
      this.#settle();
    });
    // While focusout is dispatched the focus is on nothing yet; a moment later it is where it goes.
    root.addEventListener("focusout", () => queueMicrotask(() => this.#settle()));
    document.addEventListener("visibilitychange", () => this.#settle(), { signal });
    document.addEventListener(
      "keydown",
      (event) => {
        const newest = this.#visible.at(-1);
        if (event.defaultPrevented || newest === undefined) return;
        const focused = this.#visible.find(({ node }) => node.contains(focusedBeside(root)));
        if (event.key === "Escape") {
          const isElsewhere = document.querySelector(":focus-within,:modal,:popover-open");
          const meant = focused ?? this.#visible.find(({ node }) => node.matches(":hover")) ?? (isElsewhere ? null : newest);
          if (!meant) return;
          event.preventDefault();
          this.#dismiss(meant);
        } else if (isHotkey(event)) {
          event.preventDefault();
          if (focused === undefined) this.#passFocus();
          else this.#goBack();
        }
      },
      { signal },
    );
  }

  #goBack(): void {
    if (this.#origin?.isConnected) this.#origin.focus();
    else (focusedBeside(this.#root) as HTMLElement | null)?.blur();
  }
}
