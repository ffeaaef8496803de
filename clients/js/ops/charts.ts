import { Chart, type ChartKind, type Columns } from "./chart.js";
import { element, say } from "./dom.js";
import { count, duration, rate } from "./figures.js";
import type { Point } from "./frames.js";
import type { History } from "./history.js";
import { listMarks, marksOf } from "./marks.js";

const perSecond = (value: number): string => `${rate(value)}/s`;
const milliseconds = (value: number): string => (value === 0 ? "0" : duration(value).join(" ").trim());

type Value = (point: Point, span: number) => number | null;

const CHARTS: Readonly<Record<string, readonly [ChartKind, readonly Value[]]>> = {
  connections: [
    {
      title: "Connections",
      lines: [{ label: "Connections", colour: "--series-1", filled: true }],
      write: (value) => (Number.isInteger(value) ? count(value) : rate(value)),
      atLeast: 4,
    },
    [({ connections }) => connections],
  ],
  traffic: [
    {
      title: "Published and delivered",
      lines: [
        { label: "Delivered", colour: "--series-1", filled: true },
        { label: "Published", colour: "--series-2" },
      ],
      write: perSecond,
      atLeast: 1,
    },
    [({ delivered }, span) => delivered / span, ({ published }, span) => published / span],
  ],
  latency: [
    {
      title: "POST to acknowledgement",
      lines: [
        { label: "p50", colour: "--series-1" },
        { label: "p99", colour: "--series-2" },
      ],
      write: milliseconds,
      atLeast: 10,
    },
    [({ p50 }) => p50, ({ p99 }) => p99],
  ],
  trouble: [
    {
      title: "Disconnects and errors",
      lines: [
        { label: "Disconnects", colour: "--series-2" },
        { label: "Errors", colour: "--error" },
      ],
      write: perSecond,
      atLeast: 1,
    },
    [
      ({ closed }, span) => Object.values(closed).reduce((sum, number) => sum + number, 0) / span,
      ({ errors }, span) => errors / span,
    ],
  ],
};

/** All charts, over the same time. */
export class Charts {
  readonly #charts: readonly (readonly [Chart, readonly Value[]])[];
  readonly #empty = element("charts-empty", HTMLElement);

  constructor() {
    this.#charts = Object.entries(CHARTS).map(
      ([name, [kind, values]]) => [new Chart(element(`chart-${name}`, HTMLElement), kind), values] as const,
    );
  }

  show({ all, span, kept, runs }: History): void {
    const newest = all.at(-1)?.at ?? Date.now() / 1000;
    const marks = marksOf(runs, newest - kept);
    for (const [chart, values] of this.#charts) chart.show(columns(all, span, values), marks, kept);
    listMarks(element("marks", HTMLElement), element("marks-summary", HTMLElement), marks);
    say(this.#empty, all.length > 0 ? "" : `The first point comes within ${span === 5 ? "ten seconds" : "two minutes"}.`);
  }
}

/** A hole, where no server wrote points, is no line. A point stands at the end of its time. */
function columns(points: readonly Point[], span: number, values: readonly Value[]): Columns {
  const times: number[] = [];
  const found: (number | null)[][] = values.map(() => []);
  for (const point of points) {
    const before = times.at(-1);
    if (before !== undefined && point.at + span - before > 2.5 * span) {
      times.push(before + span);
      for (const column of found) column.push(null);
    }
    times.push(point.at + span);
    values.forEach((value, index) => found[index]?.push(value(point, span)));
  }
  return [times, ...found];
}
