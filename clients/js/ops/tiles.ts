import { made, say } from "./dom.js";
import type { Listener } from "./feed.js";
import { count, duration, plural, rate } from "./figures.js";
import type { Board } from "./frames.js";

interface Tile {
  readonly value: string;
  readonly unit?: string;
  readonly note: string;
}

const COUNTED = new Set(["published", "delivered", "latency", "backlog", "errors"]);

/** The tiles, and above them what is not well. `ops/tiles.py` renders the first ones. */
export class Tiles implements Listener {
  readonly #root: HTMLElement;
  readonly #problems: HTMLElement;

  constructor(root: HTMLElement, problems: HTMLElement) {
    this.#root = root;
    this.#problems = problems;
  }

  board(board: Board): void {
    // Until the servers have told twice what they counted, what the page came with is better.
    const told = Object.keys(board.servers).length > 0;
    for (const [name, { value, unit, note }] of Object.entries(tiles(board))) {
      if (!told && COUNTED.has(name)) continue;
      const tile = this.#root.querySelector(`[data-tile="${name}"]`);
      if (tile === null) continue;
      const part = (which: string): HTMLElement => tile.querySelector(`[data-part="${which}"]`) as HTMLElement;
      say(part("value"), value);
      say(part("unit"), unit ?? "");
      say(part("note"), note);
    }
    const health = this.#root.querySelector<HTMLElement>('[data-tile="health"]');
    if (health !== null) health.dataset["state"] = board.problems.length === 0 ? "well" : "unwell";
    this.#tell(board.problems);
  }

  #tell(problems: readonly string[]): void {
    const shown = [...this.#problems.children].map((item) => item.textContent);
    if (shown.length === problems.length && shown.every((text, index) => text === problems[index])) return;
    this.#problems.replaceChildren(...problems.map((problem) => made("li", "problem", problem)));
  }
}

function tiles(board: Board): Record<string, Tile> {
  const { people, connections, problems, behind } = board;
  const [p50, unit] = duration(board.p50);
  return {
    people: {
      value: count(people),
      note:
        people === null || connections === null
          ? "not known while Redis is away"
          : people === 0
            ? "nobody is connected"
            : `${(connections / people).toFixed(1)} connections each`,
    },
    connections: {
      value: count(connections),
      note: `${rate(board.opened)} opened, ${rate(board.closed)} closed a second`,
    },
    published: { value: rate(board.published), unit: "/s", note: "notifications stored" },
    delivered: { value: rate(board.delivered), unit: "/s", note: "acknowledged by browsers" },
    latency: {
      value: p50,
      unit,
      note: board.p50 === null ? "no acknowledgement in the last 10 s" : `p50, from POST · p99 ${duration(board.p99).join(" ")}`,
    },
    backlog: {
      value: count(board.waiting),
      unit: "on their way",
      note: behind === 0 ? "no connection is behind" : `${plural(behind, "connection")} behind`,
    },
    errors: { value: rate(board.errors), unit: "/s", note: "requests answered with 5xx" },
    health: { value: problems.length === 0 ? "Well" : plural(problems.length, "problem"), note: parts(board) },
  };
}

function parts({ runs, redis, database }: Board): string {
  const running = (runs ?? []).filter((run) => run.ended === null).length;
  const base = database?.state === "away" ? "no database" : "database";
  return `${plural(running, "server")} · ${base}${{ none: "", well: " · Redis", away: " · no Redis" }[redis]}`;
}
