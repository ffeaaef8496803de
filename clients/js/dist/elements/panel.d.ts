import type { NotifierClient } from "../client.js";
import type { Words } from "./texts.js";
export type Panel = ReturnType<typeof createPanel>;
/**
 * What the bell opens: the inbox with its views, and how the connection stands.
 *
 * @param close called when the person closes it
 */
export declare function createPanel(client: NotifierClient, words: Words, close: () => void, signal: AbortSignal): {
    node: HTMLDivElement;
    /** Shows all there is, the newest first. */
    open(system: boolean): void;
};
