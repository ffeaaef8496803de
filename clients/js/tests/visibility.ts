function change(state: DocumentVisibilityState): void {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  Object.defineProperty(document, "hidden", { value: state === "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

/** Hides the page, as a person does who turns to another tab. */
export function hide(): void {
  change("hidden");
}

/** Shows the page again. */
export function reveal(): void {
  change("visible");
}
