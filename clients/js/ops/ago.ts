import { say } from "./dom.js";

/** How long ago, in words that stay true while the page is open. `ops/templatetags/moments.py` says the same at first. */

const UNITS = [
  ["minute", 60, 60],
  ["hour", 3600, 36],
  ["day", 86_400, 100],
  ["month", 2_629_746, 24],
  ["year", 31_556_952, Infinity],
] as const;

/** @param seconds until then; negative for what is past */
export function ago(seconds: number): string {
  if (Math.abs(seconds) < 60) return seconds <= 0 ? "just now" : "in less than a minute";
  return seconds <= 0 ? `${rounded(-seconds)} ago` : `in ${rounded(seconds)}`;
}

function rounded(seconds: number): string {
  for (const [unit, length, most] of UNITS) {
    const number = Math.round(seconds / length);
    if (number < most) return `${number} ${unit}${number === 1 ? "" : "s"}`;
  }
  return "";
}

/** Bring every moment of the page up to date. */
export function age(root: ParentNode, now = Date.now()): void {
  for (const words of root.querySelectorAll<HTMLElement>("time[datetime] > [data-ago]")) {
    const then = Date.parse(words.parentElement?.getAttribute("datetime") ?? "");
    if (!Number.isNaN(then)) say(words, ago((then - now) / 1000));
  }
}
