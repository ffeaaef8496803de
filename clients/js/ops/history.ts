import { SERIES } from "./addresses.js";
import type { Listener } from "./feed.js";
import type { Board, Point, Series, ServerRun } from "./frames.js";

/** Seconds that a point of the last 15 minutes covers. */
export const FINE = 5;

const RETRY = 3000;

/** The points of one span, read once and then kept up to date: bounded by what the service keeps. */
export class History implements Listener {
  readonly span: number;
  runs: readonly ServerRun[] = [];
  kept = 0;
  #points = new Map<number, Point>();
  #loaded = false;
  #asking: AbortController | null = null;
  readonly #changed: (history: History) => void;

  /** @param changed called when there are new points, or servers came or went */
  constructor(span: number, changed: (history: History) => void) {
    this.span = span;
    this.#changed = changed;
  }

  /** Oldest first. */
  get all(): readonly Point[] {
    return [...this.#points.values()].sort((one, other) => one.at - other.at);
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  fresh(): void {
    void this.#load();
  }

  board({ runs }: Board): void {
    if (runs === undefined || runs === this.runs) return;
    this.runs = runs;
    if (this.#loaded) this.#changed(this);
  }

  points(span: number, points: readonly Point[]): void {
    if (span !== this.span || !this.#loaded) return;
    this.#keep(points);
    this.#changed(this);
  }

  #keep(points: readonly Point[]): void {
    for (const point of points) this.#points.set(point.at, point);
    const oldest = Math.max(...this.#points.keys()) - this.kept;
    for (const at of this.#points.keys()) if (at < oldest) this.#points.delete(at);
  }

  async #load(): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const response = await fetch(`${SERIES}?span=${this.span}`, { signal: asking.signal });
      if (!response.ok) throw new Error(String(response.status));
      const series = (await response.json()) as Series;
      this.kept = series.kept;
      this.runs = series.runs;
      this.#keep(series.points);
      this.#loaded = true;
      this.#changed(this);
    } catch {
      if (!asking.signal.aborted) setTimeout(() => this.fresh(), RETRY);
    }
  }
}
