import { NotifierBell } from "./elements/bell.js";
import { NotifierToasts } from "./elements/toaster.js";
import { NotifierElement } from "./elements/element.js";
export type { Action, ActionDetail, OpenDetail } from "./elements/card.js";
export { TEXTS, type Text, type TextName, type Texts } from "./elements/texts.js";
export { NotifierBell, NotifierElement, NotifierToasts };
declare global {
    interface HTMLElementTagNameMap {
        "notifier-bell": NotifierBell;
        "notifier-toasts": NotifierToasts;
    }
}
