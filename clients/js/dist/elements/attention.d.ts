import type { Notification } from "../frames.js";
/** A short, soft sound, made here: nothing is loaded. Silent where the browser wants a click on the page first. */
export declare function chime(): void;
/** Tells it by the system, if the person allowed it; a click on it brings the page to the front, which shows what came meanwhile. */
export declare function tellSystem({ id, title, body, icon }: Notification): void;
