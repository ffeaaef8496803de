import { NotifierBell } from "./elements/bell.js";
import { NotifierToasts } from "./elements/toaster.js";
export type { Action, ActionDetail, OpenDetail } from "./content.js";
export { NotifierElement } from "./elements/element.js";
export { TEXTS, type Text, type Texts, Words } from "./texts.js";
export { NotifierBell, NotifierToasts };
declare global {
    interface HTMLElementTagNameMap {
        "notifier-bell": NotifierBell;
        "notifier-toasts": NotifierToasts;
    }
}
