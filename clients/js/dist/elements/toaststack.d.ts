import type { Level, Notification } from "../frames.js";
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
/**
 * A stack of toasts, the newest at the bottom. The oldest go first, and those that wait follow, those that stay ahead of
 * the others; nothing moves or ends while the pointer, a finger or the focus is on the stack, or the page is hidden. One that stays
 * gives its place to what comes after it, and returns when there is room.
 */
export declare class ToastStack {
    #private;
    /** The words that the stack speaks in. */
    readonly words: Words;
    constructor(root: ShadowRoot, { max, duration, hotkey: key, words }: ToastOptions);
    /** Shows a notification; a link only if its address is safe to follow. */
    show(notification: Notification): void;
    /** Shows one toast that stands for many notifications. */
    showSummary(title: string, body: string, level: Level): void;
    /**
     * Tells from now on whose toasts become visible on a visible page: `watcher` is called with the ids of their notifications,
     * each once. Null ends it.
     */
    watch(watcher: ((ids: readonly string[]) => void) | null): void;
    /** Takes away the toasts of these notifications, for they were read elsewhere. */
    remove(ids: ReadonlySet<string>): void;
    /** Dismisses every toast, also those that wait. */
    clear(): void;
    /** Removes the stack from the page. */
    destroy(): void;
}
