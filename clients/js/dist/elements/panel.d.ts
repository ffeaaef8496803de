import type { NotifierClient } from "../client.js";
import type { Words } from "./texts.js";
/**
 * What the bell opens: the inbox with its views, and how the connection stands.
 *
 * @param system whether to offer system notifications; asked each time
 */
export declare function createPanel(client: NotifierClient, words: Words, system: () => boolean, signal: AbortSignal): HTMLElement;
