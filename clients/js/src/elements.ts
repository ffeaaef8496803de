import { NotifierBell } from "./elements/bell.js";
import { NotifierToasts } from "./elements/toaster.js";
import { NotifierElement } from "./elements/element.js";
import bell from "./elements/bell.css?inline";
import look from "./elements/look.css?inline";
import toasts from "./elements/toasts.css?inline";

export type { Action, ActionDetail, OpenDetail } from "./elements/card.js";
export { TEXTS, type Text, type TextName, type Texts } from "./elements/texts.js";
export { NotifierBell, NotifierElement, NotifierToasts };

declare global {
  interface HTMLElementTagNameMap {
    "notifier-bell": NotifierBell;
    "notifier-toasts": NotifierToasts;
  }
}

// At the end, where what is like it lies within the reach of gzip.
NotifierElement.styles = look + toasts + bell;

for (const [name, element] of [
  ["notifier-bell", NotifierBell],
  ["notifier-toasts", NotifierToasts],
] as const) {
  try {
    customElements.define(name, element);
  } catch {
    // Two copies of this script on one page are a mistake that must not break it; and a server has no elements.
  }
}
