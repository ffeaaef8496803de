// What `<script src="notifier.js">` brings: the elements, and the client as `Notifier.NotifierClient`.
export { NotifierBell, NotifierToasts, TEXTS } from "./elements.js";
export { NotifierClient } from "./client.js";
