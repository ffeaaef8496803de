/** What the server put into this page. */
import { element } from "./dom.js";
import type { Closing } from "./frames.js";

interface Page {
  readonly span?: number;
  readonly closings: Readonly<Record<string, Closing>>;
}

export const page = JSON.parse(element("page", HTMLScriptElement).textContent ?? "") as Page;

export function closingOf(code: number | string): Closing {
  const closing = page.closings[String(code)] ?? page.closings["0"];
  if (closing === undefined) throw new Error("The page names no close codes.");
  return closing;
}
