import { NotifierBell } from "./elements/bell.js";
import { NotifierToasts } from "./elements/toaster.js";

export type { Action, ActionDetail, OpenDetail } from "./elements/card.js";
export { NotifierElement } from "./elements/element.js";
export { TEXTS, type Text, type TextName, type Texts } from "./elements/texts.js";
export { NotifierBell, NotifierToasts };

declare global {
  interface HTMLElementTagNameMap {
    "notifier-bell": NotifierBell;
    "notifier-toasts": NotifierToasts;
  }
}

// Two copies of this script on one page are a mistake that must not break it.
for (const [name, element] of [
  ["notifier-bell", NotifierBell],
  ["notifier-toasts", NotifierToasts],
] as const) {
  if (globalThis.customElements?.get(name) === undefined) globalThis.customElements?.define(name, element);
}
