import type { Level, Notification } from "./frames.js";
import type { Words } from "./texts.js";
/** What one toast says: a notification, or one that stands for many, whose `notification` is null. */
export interface ToastContent {
    readonly title: string;
    readonly body: string;
    readonly level: Level;
    readonly notification: Notification | null;
}
/** Whether it waits for the person: an error does, and what asks them to choose. */
export declare function stays({ level, notification }: ToastContent): boolean;
/** What a screen reader says of it, in one piece: the level is a colour and a sign for the eye alone. */
export declare function spoken({ title, body, level }: ToastContent, words: Words): string;
/** Builds the element of a toast. Every text of the notification is set as text. */
export declare function buildToast(content: ToastContent, words: Words, dismiss: () => void): HTMLElement;
