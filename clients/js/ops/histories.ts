import type { Listener } from "./feed.js";
import type { Board, Point } from "./frames.js";
import { FINE, History } from "./history.js";

type Show = (history: History) => void;

/** What the overview shows of the past: the charts that of the chosen span, the disconnects always the last 15 minutes.
 * A span is read when it is first chosen, and kept up to date from then on.
 */
export class Histories implements Listener {
  readonly #histories = new Map<number, History>();
  readonly #chosen: Show;
  readonly #fine: Show;
  #span: number;

  constructor(span: number, chosen: Show, fine: Show) {
    this.#span = span;
    this.#chosen = chosen;
    this.#fine = fine;
    this.#of(FINE);
    this.#of(span);
  }

  choose(span: number): void {
    this.#span = span;
    const wanted = this.#of(span);
    if (wanted.loaded) this.#chosen(wanted);
    else wanted.fresh();
  }

  fresh(): void {
    for (const history of this.#histories.values()) history.fresh();
  }

  board(board: Board): void {
    for (const history of this.#histories.values()) history.board(board);
  }

  points(span: number, points: readonly Point[]): void {
    for (const history of this.#histories.values()) history.points(span, points);
  }

  #of(span: number): History {
    const known = this.#histories.get(span);
    if (known !== undefined) return known;
    const made = new History(span, (changed) => {
      if (changed.span === this.#span) this.#chosen(changed);
      if (changed.span === FINE) this.#fine(changed);
    });
    this.#histories.set(span, made);
    return made;
  }
}
