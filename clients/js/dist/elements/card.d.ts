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
export declare function actionsOf({ data }: Notification): Action[];
export interface CardOptions {
    readonly words: Words;
    /** What a title that is no link does when it is pressed; without it, it is no button. */
    readonly press?: () => void;
    /** What stands below the body. */
    readonly meta?: HTMLElement;
}
/** Builds a toast or a row of the list, with its tools at the end. Every text of the notification is set as text. */
export declare function card(names: string, content: Content, options: CardOptions, ...tools: HTMLElement[]): HTMLLIElement;
