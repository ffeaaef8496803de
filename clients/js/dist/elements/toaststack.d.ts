import type { Level, Notification } from "../frames.js";
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
export type ToastStack = ReturnType<typeof createToastStack>;
/**
 * A stack of toasts, the newest at the bottom. The oldest go first, and those that wait follow, those that stay ahead of
 * the others; nothing moves or ends while the pointer, a finger or the focus is on the stack, or the page is hidden. Where all of them
 * stay, the oldest gives its place to what comes after it, and returns when there is room.
 */
export declare function createToastStack(parent: ShadowRoot, options: ToastOptions, signal: AbortSignal): {
    words: {
        number: (count: number) => string;
        say(name: import("./texts.js").TextName, count?: number, shown?: string): string;
        ago(date: Date): string;
        moment: (date: Date) => string;
    };
    showSummary: (title: string, body: string, level: Level) => void;
    /** Shows a notification; a link only if its address is safe to follow. */
    show: (notification: Notification) => void;
    /** Takes away the toasts that no longer matter; `goes` is called with the notification of each, null for a summary. */
    remove(goes: (notification: Notification | null) => boolean): void;
};
