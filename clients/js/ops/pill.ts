import type { FeedState, Listener } from "./feed.js";

const WORDS: Readonly<Record<FeedState, string>> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  paused: "Paused",
  refused: "Signed out",
};

/** Whether what is shown is of now. */
export function pill(element: HTMLElement): Listener {
  return {
    state(state) {
      element.dataset["state"] = state;
      element.textContent = WORDS[state];
      element.title = state === "refused" ? "You may not look on any more. Reload the page to sign in." : "";
    },
  };
}
