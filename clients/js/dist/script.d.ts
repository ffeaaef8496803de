export { NotifierBell, NotifierToasts, TEXTS } from "./elements.js";
export { NotifierClient } from "./client.js";
