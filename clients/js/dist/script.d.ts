export * from "./elements.js";
export * from "./index.js";
