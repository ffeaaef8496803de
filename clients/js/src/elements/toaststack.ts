import type { Level, Notification } from "../frames.js";
import { type Content, actionsOf, card } from "./card.js";
import { iconButton, make } from "./dom.js";
import { listen } from "../listen.js";
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
  /** Called with the ids of notifications whose toasts are visible on a visible page, whenever something changed. */
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
  /** Ends with its time; null for one that stays. */
  readonly clock: Animation | null;
  turn: Turn;
}

/** What waits beyond this is counted, and becomes one toast at the end: old news, one by one, helps nobody. */
const MAX_WAITING = 20;

/** How long a text stays for a screen reader to take it, in milliseconds. */
const SPOKEN = 1_000;

export type ToastStack = ReturnType<typeof createToastStack>;

/**
 * A stack of toasts, the newest at the bottom. The oldest go first, and those that wait follow, those that stay ahead of
 * the others; nothing moves or ends while the pointer, a finger or the focus is on the stack, or the page is hidden. Where all of them
 * stay, the oldest gives its place to what comes after it, and returns when there is room.
 */
export function createToastStack(parent: ShadowRoot, options: ToastOptions, signal: AbortSignal) {
  const { words, max, duration, seen } = options;
  const list = make("ol", "list", { role: "list" });
  const more = make("p", "more", { hidden: "" });
  // Live regions that exist before they speak: errors and warnings interrupt, the rest waits its turn. They hold nothing but text.
  const [alert, status] = ["alert", "status"].map((role) => make("div", "hidden", { role, "aria-atomic": "false" }));
  const name = words.say("notifications") + (options.hotkey && ` (${options.hotkey})`);
  const root = make("div", "region", { role: "region", "aria-label": name }, more, list, alert, status);
  let visible: Toast[] = [];
  let waiting: Toast[] = [];
  /** What came when too many waited already. */
  let overflow = 0;
  let hasError = false;
  let isHovered = false;
  /** Where the focus came from, to return there when the last toast is gone. */
  let origin: HTMLElement | undefined;

  const hasFocus = (node: Node): boolean => node.contains(parent.activeElement);

  const add = (content: Content): void => {
    const { level, notification } = content;
    const dismiss = (): void => takeAway(toast);
    const close = iconButton("tool dismiss", dismiss, "close", words.say("dismiss"));
    const node = card("toast notifier-toast", content, words, [close]);
    const stays = level === "error" || !!actionsOf(notification)[0];
    // An animation of nothing is a clock that can stand still, as it does until there is room.
    const clock = stays ? null : node.animate(null, duration);
    clock?.pause();
    if (clock) clock.onfinish = dismiss;
    const toast: Toast = { content, node, clock, turn: stays ? Turn.stays : Turn.comes };
    swipeable(node, dismiss);
    listen(node, "notifier-action", dismiss);
    waiting.push(toast);
    settle();
  };

  /** Shows one toast that stands for many notifications. */
  const showSummary = (title: string, body: string, level: Level): void => add({ title, body, level, notification: null });

  const takeAway = (toast: Toast): void => {
    const hadFocus = hasFocus(toast.node);
    const isByKey = toast.node.querySelector(":focus-visible");
    toast.clock?.cancel();
    toast.node.remove();
    visible = visible.filter((each) => each !== toast);
    settle();
    // Who presses keys goes on to the next one. What a click has left the focus on would only hold the others.
    if (hadFocus) (isByKey ? passFocus : goBack)();
  };

  /** Brings everything to where it belongs: on the stack, in the line, or into the count. */
  const settle = (): void => {
    // The pointer was over a toast that is gone; browsers tell so only when it moves.
    if (!visible[0]) isHovered = false;
    const isPaused = isHovered || document.hidden || hasFocus(root);
    for (;;) {
      const next = waiting.sort((one, other) => one.turn - other.turn)[0];
      if (!next) break;
      if (visible.length >= max) {
        if (isPaused || next.turn === Turn.aside || visible.some(({ clock }) => clock)) break;
        const oldest = visible.shift()!;
        oldest.node.remove();
        oldest.turn = Turn.aside;
        waiting.push(oldest);
      }
      waiting.shift();
      visible.push(next);
      place(next);
    }
    for (const { content } of waiting.splice(MAX_WAITING)) {
      // One with an error in it stays, as the error would have.
      hasError = content.level === "error" || (overflow > 0 && hasError);
      overflow += 1;
    }
    if (overflow > 0 && visible.length < max) {
      const title = words.say("more", overflow);
      overflow = 0;
      showSummary(title, "", hasError ? "error" : "info");
    }
    const count = waiting.length + overflow;
    more.hidden = !count;
    more.textContent = words.say("more", count);
    for (const { clock } of visible) clock?.[isPaused ? "pause" : "play"]();
    if (!document.hidden) seen(visible.flatMap(({ content }) => content.notification?.id ?? []));
  };

  const place = ({ content, node, turn }: Toast): void => {
    const { title, body, level } = content;
    list.append(node);
    if (turn === Turn.aside) return;
    // Whoever reads the page later finds it once, in the toast.
    const line = make("p", "", {}, `${words.say(level)}: ${title}. ${body}`);
    (level === "error" || level === "warning" ? alert : status)!.append(line);
    setTimeout(() => line.remove(), SPOKEN);
  };

  const passFocus = (): void => {
    const heir = visible.at(-1)?.node.querySelector<HTMLElement>("a, button");
    if (heir) heir.focus();
    else goBack();
  };

  const goBack = (): void => {
    // The page stays where the person has scrolled it to.
    if (origin?.isConnected) origin.focus({ preventScroll: true });
    else (parent.activeElement as HTMLElement | null)?.blur();
  };

  const hover = ({ type, pointerType }: PointerEvent): void => {
    // A finger does not hover: it touches, and after it is lifted nothing would tell that it left.
    isHovered = pointerType === "touch" ? type === "pointerdown" : type !== "pointerleave";
    settle();
  };
  for (const type of ["pointerenter", "pointerdown", "pointerup", "pointerleave"] as const) listen(root, type, hover);
  listen(root, "focusin", ({ relatedTarget: from }) => {
    if (from && !root.contains(from as Node)) origin = from as HTMLElement;
    settle();
  });
  // While focusout is dispatched the focus is on nothing yet; a moment later it is where it goes.
  listen(root, "focusout", () => queueMicrotask(settle));
  listen(document, "visibilitychange", settle, signal);
  const isHotkey = hotkey(options.hotkey);
  listen(
    document,
    "keydown",
    (event) => {
      const newest = visible.at(-1);
      if (event.defaultPrevented || !newest) return;
      const focused = visible.find(({ node }) => hasFocus(node));
      if (event.key === "Escape") {
        const isElsewhere = document.activeElement !== document.body || document.querySelector(":modal,:popover-open");
        const meant = focused ?? visible.find(({ node }) => node.matches(":hover")) ?? (isElsewhere ? null : newest);
        if (!meant) return;
        event.preventDefault();
        takeAway(meant);
      } else if (isHotkey(event)) {
        event.preventDefault();
        if (focused) goBack();
        else passFocus();
      }
    },
    signal,
  );
  listen(signal, "abort", () => {
    waiting = [];
    for (const { clock } of visible) clock?.cancel();
  });
  parent.append(root);

  return {
    words,
    showSummary,

    /** Shows a notification; a link only if its address is safe to follow. */
    show: (notification: Notification): void => add({ ...notification, notification }),

    /** Takes away the toasts that no longer matter; `goes` is called with the notification of each, null for a summary. */
    remove(goes: (notification: Notification | null) => boolean): void {
      const isGone = ({ content }: Toast): boolean => goes(content.notification);
      if (goes(null)) overflow = 0;
      waiting = waiting.filter((toast) => !isGone(toast));
      visible.filter(isGone).forEach(takeAway);
      settle();
    },
  };
}
