/** Numbers and times as people read them. `ops/figures.py` does the same on the server. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const TENTH = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : WHOLE.format(value);
}

/** A second. */
export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value > 0 && value < 10 ? TENTH.format(value) : WHOLE.format(value);
}

/** The number and its unit. */
export function duration(milliseconds: number | null | undefined): readonly [string, string] {
  if (milliseconds === null || milliseconds === undefined) return ["–", ""];
  if (milliseconds < 10) return [TENTH.format(milliseconds), "ms"];
  return milliseconds < 1000 ? [WHOLE.format(milliseconds), "ms"] : [TENTH.format(milliseconds / 1000), "s"];
}

export function plural(number: number, what: string): string {
  return `${WHOLE.format(number)} ${what}${number === 1 ? "" : "s"}`;
}

const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

export function exactTime(at: Date): string {
  return EXACT.format(at);
}

export function clockTime(at: Date): string {
  return CLOCK.format(at);
}

/** `now`, `12 s`, `3 min`, `2 h`, `4 d`. */
export function elapsed(seconds: number): string {
  if (seconds < 2) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
