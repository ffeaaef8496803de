import type { Notification } from "./frames.js";
/** What a person may do about a notification: one of its `data.actions`. */
export interface Action {
    readonly label: string;
    /** What the page is told with the event `notifier-action`; "" for a link. */
    readonly name: string;
    /** A safe address to follow, or "". */
    readonly url: string;
}
/** The detail of `notifier-open` and `notifier-action`. */
export interface OpenDetail {
    readonly notification: Notification;
}
export interface ActionDetail extends OpenDetail {
    readonly action: Action;
}
/** `data.actions`: a list of `{label, url}` or `{label, name}`, at most three. What is malformed or leads nowhere safe is left out. */
export declare function actionsOf({ data }: Notification, base: string): Action[];
type Child = Node | string | null;
/** Makes an element. `class` names are also its parts; texts are set as text. */
export declare function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes?: Readonly<Record<string, string>>, ...children: Child[]): HTMLElementTagNameMap[Tag];
/** A button with a name, and what is seen on it. */
export declare function button(attributes: Readonly<Record<string, string>>, press: () => void, ...children: Child[]): HTMLButtonElement;
/** The title as a link to where the notification leads, or null when that is nowhere safe. */
export declare function titleLink(notification: Notification, attributes: Readonly<Record<string, string>>): HTMLElement | null;
/** The actions as links and buttons, or null when there are none. `done` is called after one of them was chosen. */
export declare function actionBar(notification: Notification, names: {
    readonly bar: string;
    readonly action: string;
}, done: () => void): HTMLElement | null;
/** The notification's own picture if its address is safe, and otherwise, or when it does not load, the sign of its level. */
export declare function picture({ icon, level }: Pick<Notification, "icon" | "level">, className: string): HTMLElement;
export {};
