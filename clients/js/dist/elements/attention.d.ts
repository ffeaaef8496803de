import type { Notification } from "../frames.js";
/** A short, soft sound, made here: nothing is loaded. Silent where the browser wants a click on the page first. */
export declare function chime(): void;
/** What the person said about system notifications: "default" means that nobody asked yet. Undefined where the browser knows none. */
export declare const systemPermission: () => NotificationPermission | undefined;
/** Tells it by the system; a click on it brings the page to the front and calls `open`. */
export declare function tellSystem({ id, title, body, icon }: Notification, open: () => void): void;
