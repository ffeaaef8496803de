import uPlot from "uplot";

import { made, say } from "./dom.js";
import { clockTime } from "./figures.js";
import { type Mark, type MarkKind, SIGNS } from "./marks.js";

/** One line of a chart. `colour` names a variable of the page's style. */
export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly filled?: boolean;
  readonly dashed?: boolean;
}

export interface ChartKind {
  readonly title: string;
  readonly lines: readonly Line[];
  /** How a value is written, with its unit. */
  readonly write: (value: number) => string;
  /** The scale reaches at least to this value, so that one connection more does not look like a cliff. */
  readonly atLeast: number;
}

/** Times in Unix seconds, and for each line its values. */
export type Columns = readonly [readonly number[], ...(readonly (number | null)[])[]];

const HEIGHT = 172;
const MARK_COLOURS: Readonly<Record<MarkKind, string>> = { start: "--success", stop: "--muted", death: "--error" };

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** One chart, with its readings above it: those under the pointer, or the newest. Arrow keys move along it. */
export class Chart {
  readonly #kind: ChartKind;
  readonly #plotAt: HTMLElement;
  readonly #values: HTMLElement[] = [];
  readonly #time: HTMLElement;
  #plot: uPlot | null = null;
  #columns: Columns = [[]];
  #marks: readonly Mark[] = [];
  #kept = 0;

  constructor(figure: HTMLElement, kind: ChartKind) {
    this.#kind = kind;
    const plotAt = figure.querySelector<HTMLElement>("[data-plot]");
    const readings = figure.querySelector<HTMLElement>("[data-readings]");
    if (plotAt === null || readings === null) throw new Error("A chart has no place for its plot.");
    this.#plotAt = plotAt;
    this.#time = made("span", "reading-time");
    for (const [index, { label }] of kind.lines.entries()) {
      const reading = made("span", `reading reading-${index + 1}`, label);
      reading.dataset["colour"] = kind.lines[index]?.colour.slice(2) ?? "";
      const value = made("b", "", "–");
      this.#values.push(value);
      reading.append(value);
      readings.append(reading);
    }
    readings.append(this.#time);
    this.#plotAt.addEventListener("keydown", (event) => this.#move(event));
    this.#plotAt.addEventListener("blur", () => this.#plot?.setCursor({ left: -10, top: -10 }));
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#plotAt);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** @param kept for how many seconds the chart reaches back */
  show(columns: Columns, marks: readonly Mark[], kept: number): void {
    this.#columns = columns;
    this.#marks = marks;
    this.#kept = kept;
    if (this.#plot === null) this.#draw();
    else this.#plot.setData(columns as unknown as uPlot.AlignedData);
    this.#plotAt.dataset["points"] = String(columns[0].length);
    this.#plotAt.ariaLabel = this.#inWords();
  }

  #draw(): void {
    this.#plot?.destroy();
    this.#plotAt.replaceChildren();
    this.#plot = new uPlot(this.#options(), this.#columns as unknown as uPlot.AlignedData, this.#plotAt);
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(120, this.#plotAt.clientWidth), height: HEIGHT };
  }

  #options(): uPlot.Options {
    const axis: uPlot.Axis = {
      stroke: colour("--muted"),
      font: "12px system-ui, sans-serif",
      grid: { stroke: colour("--grid"), width: 1 },
      ticks: { show: false },
    };
    return {
      ...this.#size(),
      legend: { show: false },
      padding: [14, 8, 0, 0],
      cursor: { sync: { key: "ops" }, drag: { x: false, y: false }, y: false, points: { size: 6 } },
      scales: {
        x: { range: () => this.#range() },
        y: { range: (_, __, most) => [0, Math.max(this.#kind.atLeast, (most ?? 0) * 1.1)] },
      },
      axes: [
        { ...axis, size: 28, space: 72, grid: { show: false }, values: (_, at) => at.map((each) => hourAndMinute(each)) },
        { ...axis, size: 52, space: 36, values: (_, at) => at.map((each) => this.#kind.write(each)) },
      ],
      series: [
        {},
        ...this.#kind.lines.map(
          (line): uPlot.Series => ({
            label: line.label,
            stroke: colour(line.colour),
            width: 1.5,
            spanGaps: false,
            points: { show: (plot, index) => alone(plot.data[index]) },
            ...(line.dashed === true ? { dash: [5, 4] } : {}),
            ...(line.filled === true ? { fill: colour(`${line.colour}-fill`) } : {}),
          }),
        ),
      ],
      hooks: { draw: [(plot) => this.#drawMarks(plot)], setCursor: [(plot) => this.#read(plot)], setData: [(plot) => this.#read(plot)], ready: [(plot) => this.#read(plot)] },
    };
  }

  #range(): uPlot.Range.MinMax {
    const newest = this.#columns[0].at(-1) ?? Date.now() / 1000;
    return [newest - this.#kept, newest];
  }

  #drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    ctx.save();
    ctx.textAlign = "center";
    ctx.font = `${10 * scale}px system-ui, sans-serif`;
    for (const { at, kind } of this.#marks) {
      const x = plot.valToPos(at, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.strokeStyle = ctx.fillStyle = colour(MARK_COLOURS[kind]);
      ctx.globalAlpha = 0.45;
      ctx.lineWidth = scale;
      ctx.setLineDash([2 * scale, 3 * scale]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.globalAlpha = 1;
      ctx.fillText(SIGNS[kind], x, bbox.top - 3 * scale);
    }
    ctx.restore();
  }

  /** Write what is under the cursor, or the newest. */
  #read(plot: uPlot): void {
    const pointed = plot.cursor.idx;
    const index = pointed ?? this.#columns[0].length - 1;
    for (const [line, value] of this.#values.entries()) {
      const reading = this.#columns[line + 1]?.[index];
      say(value, reading === null || reading === undefined ? "–" : this.#kind.write(reading));
    }
    const at = this.#columns[0][index];
    say(this.#time, pointed === null || pointed === undefined || at === undefined ? "" : clockTime(new Date(at * 1000)));
  }

  #move(event: KeyboardEvent): void {
    const plot = this.#plot;
    const last = this.#columns[0].length - 1;
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (plot === null || steps === undefined || last < 0) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(last, (plot.cursor.idx ?? last) + steps));
    plot.setCursor({ left: plot.valToPos(this.#columns[0][index] ?? 0, "x"), top: 0 });
  }

  #inWords(): string {
    const said = this.#kind.lines.map(({ label }, line) => {
      const values = (this.#columns[line + 1] ?? []).filter((value) => value !== null);
      const newest = values.at(-1);
      if (newest === undefined) return `${label}: nothing`;
      return `${label}: ${this.#kind.write(newest)} now, at most ${this.#kind.write(Math.max(...values))}`;
    });
    return `${this.#kind.title}. ${said.join("; ")}. Arrow keys move along the chart.`;
  }
}

/** Whether some value has none beside it: then a line would not show it. */
function alone(values: uPlot.AlignedData[number] | undefined): boolean {
  return (values ?? []).length < 3;
}

const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function hourAndMinute(at: number): string {
  return HOUR.format(new Date(at * 1000));
}
