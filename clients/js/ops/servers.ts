import { made, say } from "./dom.js";
import type { Listener } from "./feed.js";
import { count, elapsed, exactTime, rate } from "./figures.js";
import type { Board, ServerFigures, ServerRun } from "./frames.js";

/** Servers that ended are listed for so long, in seconds. */
const LISTED = 15 * 60;

const CONDITIONS = { well: "Well", silent: "Silent", stopped: "Stopped", died: "Died" } as const;

type Condition = keyof typeof CONDITIONS;

/** The health of each server, of Redis and of the database. */
export class Servers implements Listener {
  readonly #body: HTMLElement;
  readonly #database: HTMLElement;
  readonly #redis: HTMLElement;

  constructor(body: HTMLElement, database: HTMLElement, redis: HTMLElement) {
    this.#body = body;
    this.#database = database;
    this.#redis = redis;
  }

  board({ runs, servers, at, database, redis }: Board): void {
    if (database !== undefined) {
      const away = database.state === "away";
      show(this.#database, away ? "died" : "well", away ? "Away" : `Well, answers in ${database.ms ?? 0} ms`);
    }
    if (redis === "none") show(this.#redis, "stopped", "Not used: one server, in memory");
    else show(this.#redis, redis === "well" ? "well" : "died", redis === "well" ? "Well" : "Away");
    if (runs === undefined) return;
    const listed = runs.filter((run) => run.ended === null || at - Date.parse(run.ended) / 1000 < LISTED).reverse();
    const rows = new Map([...this.#body.querySelectorAll("tr")].map((row) => [row.dataset["server"], row]));
    const wanted = listed.map((run) => rows.get(run.server) ?? newRow(run));
    if (wanted.length !== this.#body.children.length || wanted.some((row, index) => row !== this.#body.children[index])) {
      this.#body.replaceChildren(...wanted);
    }
    listed.forEach((run, index) => fill(wanted[index], run, servers[run.server], at));
  }
}

function newRow(run: ServerRun): HTMLTableRowElement {
  const row = made("tr");
  row.dataset["server"] = run.server;
  const name = made("th", "", run.server);
  name.scope = "row";
  name.append(made("span", "table-detail", `${run.host} · ${run.kind} ${run.version}`));
  row.append(name);
  for (const [part, label, numeric] of [
    ["condition", "State", false],
    ["connections", "Connections", true],
    ["published", "Published", true],
    ["delivered", "Delivered", true],
    ["behind", "Behind", true],
    ["since", "Up", true],
  ] as const) {
    const cell = made("td", numeric ? "number" : "");
    cell.dataset["label"] = label;
    const value = made("span", part === "condition" ? "condition" : "");
    value.dataset["part"] = part;
    cell.append(value);
    row.append(cell);
  }
  return row;
}

function fill(row: HTMLElement | undefined, run: ServerRun, figures: ServerFigures | undefined, at: number): void {
  if (row === undefined) return;
  const part = (name: string): HTMLElement => row.querySelector(`[data-part="${name}"]`) as HTMLElement;
  const condition: Condition = run.died ? "died" : run.ended !== null ? "stopped" : figures?.silent === true ? "silent" : "well";
  const heard = run.ended === null ? figures : undefined;
  row.dataset["condition"] = condition;
  show(part("condition"), condition, CONDITIONS[condition]);
  say(part("connections"), count(heard?.connections));
  say(part("published"), heard === undefined ? "–" : `${rate(heard.published)}/s`);
  say(part("delivered"), heard === undefined ? "–" : `${rate(heard.delivered)}/s`);
  say(part("behind"), count(heard?.behind));
  const since = part("since");
  const then = new Date(run.ended ?? run.began);
  const ago = elapsed(Math.max(2, at - then.getTime() / 1000));
  say(since, run.ended === null ? ago : `${ago} ago`);
  since.title = `${run.ended === null ? "since" : "at"} ${exactTime(then)}`;
}

function show(element: HTMLElement, condition: Condition, words: string): void {
  element.dataset["condition"] = condition;
  say(element, words);
}
