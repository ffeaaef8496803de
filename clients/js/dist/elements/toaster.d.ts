import type { NotifierClient } from "../client.js";
import { NotifierElement } from "./element.js";
import type { Words } from "./texts.js";
import { type ToastStack } from "./toaststack.js";
/**
 * Shows what comes as toasts.
 *
 * @fires notifier-notification - a notification came; the detail is the client's
 * @fires notifier-open - its link is followed
 * @fires notifier-action - one of its actions was chosen
 * @attr max - how many are visible at once; 3
 * @attr duration - milliseconds that one stays; 6000
 * @attr hotkey - the key that brings the focus to them and back, such as "Alt+T"; "F8"; "" for none
 * @attr position - "bottom-end" (default), "bottom-start", "bottom-center", "top-end", "top-start" or "top-center"
 * @attr sound - a soft sound with what is live
 * @attr system - tells by the system what comes while no tab is visible, if the person allowed it
 */
export declare class NotifierToasts extends NotifierElement {
    #private;
    /** The stack, to show toasts of the page's own on; null before the element has a client. */
    get stack(): ToastStack | null;
    protected draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void;
}
