import { isNotificationId } from "../encode.js";
import type { NotifierClient } from "../client.js";
import { listen } from "../listen.js";
import { attach } from "./attach.js";
import type { OpenDetail } from "./card.js";
import { NotifierElement } from "./element.js";
import type { Words } from "./texts.js";
import { type ToastStack, createToastStack } from "./toaststack.js";

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
export class NotifierToasts extends NotifierElement {
  #stack: ToastStack | null = null;

  /** The stack, to show toasts of the page's own on; null before the element has a client. */
  get stack(): ToastStack | null {
    return this.#stack;
  }

  protected draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void {
    const number = (name: string, usual: number): number => Number(this.getAttribute(name)) || usual;
    const seen = (ids: string[]): void => client.seen(ids.filter(isNotificationId));
    const [max, duration] = [number("max", 3), number("duration", 6_000)];
    const hotkey = this.getAttribute("hotkey") ?? "F8";
    const stack = (this.#stack = createToastStack(root, { words, max, duration, hotkey, seen }, signal));
    attach(client, stack, this, signal);
    const pass = ({ detail }: CustomEvent): unknown => this.dispatchEvent(new CustomEvent("notifier-notification", { detail, bubbles: true }));
    const read = ({ detail }: CustomEvent<OpenDetail>): void => client.read([detail.notification.id].filter(isNotificationId));
    listen(client, "notification", pass, signal);
    for (const type of ["notifier-open", "notifier-action"]) listen(root, type, read, signal);
  }
}
