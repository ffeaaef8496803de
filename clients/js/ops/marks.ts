import { made } from "./dom.js";
import { clockTime, exactTime } from "./figures.js";
import type { ServerRun } from "./frames.js";

export type MarkKind = "start" | "stop" | "death";

/** When a server came or went. `at` is in Unix seconds. */
export interface Mark {
  readonly at: number;
  readonly kind: MarkKind;
  readonly run: ServerRun;
}

export const SIGNS: Readonly<Record<MarkKind, string>> = { start: "▲", stop: "▼", death: "✕" };
const WORDS: Readonly<Record<MarkKind, string>> = { start: "started", stop: "stopped", death: "died" };

/** Oldest first, from this time on. */
export function marksOf(runs: readonly ServerRun[], since: number): Mark[] {
  const marks = runs.flatMap((run): Mark[] => {
    const began: Mark = { at: Date.parse(run.began) / 1000, kind: "start", run };
    if (run.ended === null) return [began];
    return [began, { at: Date.parse(run.ended) / 1000, kind: run.died ? "death" : "stop", run }];
  });
  return marks.filter(({ at }) => at >= since).sort((one, other) => one.at - other.at);
}

/** The marks as a table, for who cannot see or point at them. Newest first. */
export function listMarks(body: HTMLElement, summary: HTMLElement, marks: readonly Mark[]): void {
  summary.textContent = marks.length === 0 ? "No server came or went" : `Servers that came and went (${marks.length})`;
  body.replaceChildren(
    ...[...marks].reverse().map(({ at, kind, run }) => {
      const row = made("tr");
      const time = made("time", "", clockTime(new Date(at * 1000)));
      time.dateTime = new Date(at * 1000).toISOString();
      time.title = exactTime(new Date(at * 1000));
      const when = made("td");
      when.append(time);
      const sign = made("span", `mark mark-${kind}`, SIGNS[kind]);
      sign.ariaHidden = "true";
      const what = made("td");
      what.append(sign, ` ${WORDS[kind]}`);
      row.append(when, what, made("td", "server", run.server), made("td", "", `${run.host}, ${run.kind}`));
      return row;
    }),
  );
}
