import type { NotifierClient } from "./client.js";
import type { ToastStack } from "./toasts.js";
/**
 * Shows what a client receives on a stack of toasts. What is live is shown at once. What was missed, and what
 * comes while the page is hidden, is gathered: up to three are shown one by one, more become one toast that
 * says how many. The gathering ends when all that was missed has come, or nothing comes for 1.5 s, but not
 * before the page is visible. Whose toasts were visible the server is told as seen.
 *
 * @returns the function that ends it; what is gathered then is not shown
 */
export declare function attach(client: NotifierClient, stack: ToastStack): () => void;
