import type { NotifierClient } from "../client.js";
import type { Words } from "./texts.js";
/**
 * What the bell opens: the inbox with its views, and how the connection stands.
 *
 * @param bell whether it has the attribute `system` says whether to offer system notifications
 */
export declare function createPanel(client: NotifierClient, words: Words, bell: Element, signal: AbortSignal): HTMLElement;
