import { Countdown } from "./countdown.js";
import type { Level, Notification } from "./frames.js";
import { type ToastContent, buildToast } from "./toastview.js";

export interface ToastOptions {
  /** How many are visible at once; 3 unless given. The rest is counted. */
  readonly max?: number;
  /** Milliseconds that a toast stays; 6,000 unless given. Errors stay until they are dismissed. */
  readonly duration?: number;
}

interface Toast {
  readonly content: ToastContent;
  readonly node: HTMLElement;
  /** Rises from toast to toast. */
  readonly order: number;
  /** Null for an error. */
  readonly countdown: Countdown | null;
}

/** What waits beyond this is counted, and becomes one toast at the end: old news, one by one, helps nobody. */
const MAX_WAITING = 20;

/**
 * A stack of toasts, the newest at the bottom. The oldest go first, and those that wait follow, errors ahead of
 * the others; nothing moves or ends while the pointer or the focus is on the stack, or the page is hidden. An error that holds a place
 * gives it to what comes after it, and returns when there is room.
 */
export class ToastStack {
  readonly #max: number;
  readonly #duration: number;
  readonly #root: HTMLElement;
  readonly #alerts: HTMLElement;
  readonly #statuses: HTMLElement;
  readonly #more: HTMLElement;
  readonly #stop = new AbortController();
  #visible: Toast[] = [];
  /** What was not visible yet, in order. */
  #waiting: Toast[] = [];
  /** Errors that gave their place to something newer. */
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

  /** @param container where the stack is put; the live regions in it exist from now on, ahead of any toast */
  constructor(container: HTMLElement, { max = 3, duration = 6_000 }: ToastOptions = {}) {
    this.#max = max;
    this.#duration = duration;
    const document = container.ownerDocument;
    const part = (className: string, role?: string): HTMLElement => {
      const element = document.createElement("div");
      element.className = className;
      if (role !== undefined) element.setAttribute("role", role);
      return element;
    };
    this.#root = part("notifier-toasts", "region");
    this.#root.setAttribute("aria-label", "Notifications");
    // Errors and warnings interrupt a screen reader, the rest waits for it to finish. Only what is added is read.
    this.#alerts = part("notifier-toasts-region", "alert");
    this.#statuses = part("notifier-toasts-region", "status");
    for (const region of [this.#alerts, this.#statuses]) region.setAttribute("aria-atomic", "false");
    this.#more = part("notifier-toasts-more");
    this.#more.hidden = true;
    this.#root.append(this.#more, this.#alerts, this.#statuses);
    container.append(this.#root);
    this.#listen(document);
  }

  /** Shows a notification; a link only if its address is safe to follow. */
  show(notification: Notification): void {
    const { id, title, body, level, url } = notification;
    this.#show({ id, title, body, level, url, summary: false });
  }

  /** Shows one toast that stands for many notifications. */
  showSummary(title: string, body: string, level: Level): void {
    this.#show({ id: "", title, body, level, url: "", summary: true });
  }

  /**
   * Tells from now on whose toasts become visible on a visible page: `watcher` is called with the ids of their notifications,
   * each once. Null ends it.
   */
  watch(watcher: ((ids: readonly string[]) => void) | null): void {
    this.#watcher = watcher;
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

  #show(content: ToastContent): void {
    const node = buildToast(this.#root.ownerDocument, content, () => this.#dismiss(toast));
    const countdown = content.level === "error" ? null : new Countdown(this.#duration, () => this.#dismiss(toast));
    this.#shown += 1;
    const toast: Toast = { content, node, order: this.#shown, countdown };
    this.#waiting.push(toast);
    this.#settle();
  }

  #dismiss(toast: Toast): void {
    const index = this.#visible.indexOf(toast);
    if (index < 0) return;
    this.#visible.splice(index, 1);
    this.#unseen.delete(toast.content.id);
    toast.countdown?.pause();
    const hadFocus = toast.node.contains(toast.node.ownerDocument.activeElement);
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
    this.#more.textContent = count === 0 ? "" : `+${count} more`;
    this.#run();
    this.#tellSeen();
  }

  /** Errors go before what else waits. */
  #nextWaiting(): Toast | undefined {
    const index = this.#waiting.findIndex((toast) => toast.countdown === null);
    return this.#waiting.splice(Math.max(index, 0), 1)[0];
  }

  #place(toast: Toast): void {
    this.#visible.push(toast);
    const { id, level, summary } = toast.content;
    (level === "error" || level === "warning" ? this.#alerts : this.#statuses).append(toast.node);
    if (!summary) this.#unseen.add(id);
  }

  #tellSeen(): void {
    if (this.#unseen.size === 0 || this.#root.ownerDocument.visibilityState === "hidden") return;
    const ids = [...this.#unseen];
    this.#unseen.clear();
    this.#watcher?.(ids);
  }

  /** Takes an error from the stack for something newer that waits, unless someone is looking. Returns whether it did. */
  #stepAside(): boolean {
    const newest = this.#waiting.at(-1);
    if (newest === undefined || this.#isPaused()) return false;
    const index = this.#visible.findIndex((toast) => toast.countdown === null && toast.order < newest.order);
    const [error] = index < 0 ? [] : this.#visible.splice(index, 1);
    if (error === undefined) return false;
    error.node.remove();
    this.#unseen.delete(error.content.id);
    this.#aside.push(error);
    return true;
  }

  #sumUp(): void {
    const { count, hasError } = this.#overflow;
    this.#overflow = { count: 0, hasError: false };
    const level = hasError ? "error" : "info"; // One with an error in it stays, as the error would have.
    this.showSummary(`${count} more ${count === 1 ? "notification" : "notifications"}`, "", level);
  }

  #passFocus(): void {
    const heir = this.#visible.at(-1)?.node.querySelector("button") ?? (this.#origin?.isConnected ? this.#origin : null);
    heir?.focus();
  }

  #isPaused(): boolean {
    const { visibilityState, activeElement } = this.#root.ownerDocument;
    return this.#hovered || visibilityState === "hidden" || this.#root.contains(activeElement);
  }

  #run(): void {
    const paused = this.#isPaused();
    for (const { countdown } of this.#visible) {
      if (paused) countdown?.pause();
      else countdown?.run();
    }
  }

  #listen(document: Document): void {
    const { signal } = this.#stop;
    // A finger has no place to hover: a tap would pause the stack until the next tap elsewhere.
    this.#root.addEventListener(
      "pointerenter",
      (event) => {
        this.#hovered = event.pointerType !== "touch";
        this.#run();
      },
      { signal },
    );
    this.#root.addEventListener(
      "pointerleave",
      () => {
        this.#hovered = false;
        this.#settle();
      },
      { signal },
    );
    this.#root.addEventListener(
      "focusin",
      (event) => {
        const from = event.relatedTarget;
        if (from instanceof HTMLElement && !this.#root.contains(from)) this.#origin = from;
        this.#run();
      },
      { signal },
    );
    // While focusout is dispatched the focus is on nothing yet; a moment later it is where it goes.
    this.#root.addEventListener("focusout", () => queueMicrotask(() => this.#settle()), { signal });
    document.addEventListener("visibilitychange", () => this.#settle(), { signal });
    document.addEventListener("keydown", (event) => this.#onKey(event), { signal });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const { activeElement } = this.#root.ownerDocument;
    const focused = this.#visible.find((toast) => toast.node.contains(activeElement));
    const toast = focused ?? this.#visible.at(-1);
    if (toast !== undefined) this.#dismiss(toast);
  }
}
