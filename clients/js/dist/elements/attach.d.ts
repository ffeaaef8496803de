import type { NotifierClient } from "../client.js";
import type { ToastStack } from "./toaststack.js";
/**
 * Shows what a client receives on a stack of toasts. What is live is shown at once, in the tab that is in front. What was missed, and
 * what comes while the page is not looked at, is gathered: up to three are shown one by one, more become one toast that
 * says how many. The gathering ends when all that was missed has come, or nothing comes for 1.5 s, but not
 * before the page is in front; what another tab showed by then is left out.
 *
 * @param toasts whether it has the attribute `sound` says whether one is to be heard with what is live; `system`, whether the
 * system is to tell what comes while no tab is visible, if the person allowed it
 * @param signal ends it; what is gathered then is not shown
 */
export declare function attach(client: NotifierClient, stack: ToastStack, toasts: Element, signal: AbortSignal): void;
