import type { NotifierClient } from "../interim.js";
import type { Words } from "../texts.js";
import { NotifierElement } from "./element.js";
/**
 * A bell with the number of unread notifications; it opens a panel with the inbox.
 *
 * @attr url, token-url, lang, theme
 * @attr system - offers to tell by the system what comes while no tab is visible
 */
export declare class NotifierBell extends NotifierElement {
    #private;
    protected readonly css: string;
    /** Whether the panel is open. */
    get open(): boolean;
    set open(open: boolean);
    focus(options?: FocusOptions): void;
    protected draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void;
}
