import type { NotifierClient } from "../interim.js";
import { attach } from "../summary.js";
import type { Words } from "../texts.js";
import { ToastStack } from "../toasts.js";
import css from "../toasts.css?inline";
import { NotifierElement } from "./element.js";

/**
 * Shows what comes as toasts.
 *
 * @attr url, token-url, lang, theme
 * @attr max - how many are visible at once; 3
 * @attr duration - milliseconds that one stays; 6000
 * @attr hotkey - the key that brings the focus to them and back; "F8"
 * @attr position - "bottom-end" (default), "bottom-start", "bottom-center", "top-end", "top-start" or "top-center"
 * @attr sound - a soft sound with what is live
 * @attr system - tells by the system what comes while no tab is visible, if the person allowed it
 */
export class NotifierToasts extends NotifierElement {
  static override readonly observedAttributes = [...NotifierElement.observedAttributes, "max", "duration", "hotkey"];

  protected readonly css = css;
  #stack: ToastStack | null = null;

  /** The stack, to show toasts of the page's own on; null while the element is not in a page. */
  get stack(): ToastStack | null {
    return this.#stack;
  }

  protected draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void {
    const number = (name: string): number | undefined => Number(this.getAttribute(name)) || undefined;
    const [max, duration, hotkey] = [number("max"), number("duration"), this.getAttribute("hotkey")];
    const stack = new ToastStack(root, {
      words,
      ...(max === undefined ? {} : { max }),
      ...(duration === undefined ? {} : { duration }),
      ...(hotkey === null ? {} : { hotkey }),
    });
    const detach = attach(client, stack, {
      sound: () => this.hasAttribute("sound"),
      system: () => this.hasAttribute("system"),
    });
    this.#stack = stack;
    signal.addEventListener("abort", () => {
      detach();
      stack.destroy();
    });
  }
}
