// What `<script src="notifier.js">` brings: the elements, and everything else as `Notifier`.
export * from "./elements.js";
export * from "./index.js";
