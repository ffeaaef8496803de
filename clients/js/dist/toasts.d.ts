import type { Level, Notification } from "./frames.js";
export interface ToastOptions {
    /** How many are visible at once; 3 unless given. The rest is counted. */
    readonly max?: number;
    /** Milliseconds that a toast stays; 6,000 unless given. Errors stay until they are dismissed. */
    readonly duration?: number;
}
/**
 * A stack of toasts, the newest at the bottom. The oldest go first, and those that wait follow, errors ahead of
 * the others; nothing moves or ends while the pointer or the focus is on the stack, or the page is hidden. An error that holds a place
 * gives it to what comes after it, and returns when there is room.
 */
export declare class ToastStack {
    #private;
    /** @param container where the stack is put; the live regions in it exist from now on, ahead of any toast */
    constructor(container: HTMLElement, { max, duration }?: ToastOptions);
    /** Shows a notification; a link only if its address is safe to follow. */
    show(notification: Notification): void;
    /** Shows one toast that stands for many notifications. */
    showSummary(title: string, body: string, level: Level): void;
    /**
     * Tells from now on whose toasts become visible on a visible page: `watcher` is called with the ids of their notifications,
     * each once. Null ends it.
     */
    watch(watcher: ((ids: readonly string[]) => void) | null): void;
    /** Dismisses every toast, also those that wait. */
    clear(): void;
    /** Removes the stack from the page. */
    destroy(): void;
}
