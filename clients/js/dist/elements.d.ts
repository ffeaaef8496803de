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
