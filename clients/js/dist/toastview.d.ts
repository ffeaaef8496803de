import type { Level } from "./frames.js";
/** What one toast says. */
export interface ToastContent {
    /** The notification's id; "" for a summary. */
    readonly id: string;
    readonly title: string;
    readonly body: string;
    readonly level: Level;
    readonly url: string;
    readonly summary: boolean;
}
/** Builds the element of a toast. Every text of the notification is set as text. */
export declare function buildToast(document: Document, content: ToastContent, dismiss: () => void): HTMLElement;
