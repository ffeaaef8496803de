import type { NotifierClient } from "../client.js";
import { NotifierElement } from "./element.js";
import type { Words } from "./texts.js";
/**
 * A bell with the number of unread notifications; it opens a panel with the inbox.
 *
 * @attr system - offers to tell by the system what comes while no tab is visible
 * @fires notifier-toggle - the panel was opened or closed
 */
export declare class NotifierBell extends NotifierElement {
    #private;
    /** Whether the panel is open. */
    get open(): boolean;
    set open(open: boolean);
    focus(options?: FocusOptions): void;
    protected draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void;
}
