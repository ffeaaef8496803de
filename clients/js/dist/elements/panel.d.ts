import type { NotifierClient } from "../client.js";
import type { Words } from "./texts.js";
/** What the bell opens: the inbox with its views, and how the connection stands. */
export declare class Panel {
    #private;
    readonly node: HTMLElement;
    /** @param close called when the person closes it */
    constructor(client: NotifierClient, words: Words, close: () => void, signal: AbortSignal);
    /** Shows all there is, the newest first. */
    open(offersSystem: boolean): void;
}
