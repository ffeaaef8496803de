import type { Level, Notification } from "../frames.js";
import type { Words } from "./texts.js";
/** What a person may do about a notification: one of its `data.actions`. */
export interface Action {
    readonly label: string;
    /** What the page is told with the event `notifier-action`; "" for a link. */
    readonly name: string;
    /** A safe address to follow, or "". */
    readonly url: string;
}
/** The detail of `notifier-open`: the person follows the notification's link. */
export interface OpenDetail {
    readonly notification: Notification;
}
/** The detail of `notifier-action`: the person chose one of its actions. */
export interface ActionDetail extends OpenDetail {
    readonly action: Action;
}
/** What a toast or a row says: a notification, or many in one, whose `notification` is null. */
export interface Content {
    readonly title: string;
    readonly body: string;
    readonly level: Level;
    readonly notification: Notification | null;
}
/** `data.actions`: a list of `{label, url}` or `{label, name}`, at most three. What is malformed or leads nowhere safe is left out. */
export declare const actionsOf: (notification: Notification | null) => Action[];
/**
 * Builds a toast or a row of the list. Every text of the notification is set as text.
 *
 * @param tools what stands at its end
 * @param meta what stands below the body
 * @param press what a title that is no link does when it is pressed; without it, it is no button
 */
export declare const card: (names: string, { title, body, level, notification }: Content, words: Words, tools: HTMLElement[], meta?: HTMLElement, press?: () => void) => HTMLLIElement;
