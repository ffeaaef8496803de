import { made, say } from "./dom.js";
import type { Listener } from "./feed.js";
import { count, plural, rate } from "./figures.js";
import type { Board } from "./frames.js";
import type { History } from "./history.js";
import { closingOf } from "./page.js";

const SLOW = "4002";

/** Connections that ended in the last 15 minutes, by code and reason; storms; slow consumers. */
export class Disconnects implements Listener {
  readonly #body: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #storm: HTMLElement;
  readonly #slow: HTMLElement;
  #behind = 0;
  #slowClosed = 0;

  constructor(body: HTMLElement, empty: HTMLElement, storm: HTMLElement, slow: HTMLElement) {
    this.#body = body;
    this.#empty = empty;
    this.#storm = storm;
    this.#slow = slow;
  }

  board({ storm, opened, behind }: Board): void {
    this.#storm.dataset["state"] = storm === null ? "calm" : "storm";
    say(
      this.#storm,
      storm === null
        ? `No reconnect storm: ${rate(opened)} connections are opened a second.`
        : `Reconnect storm: ${rate(storm.opened)} connections are opened a second, and ${rate(storm.normal)} are normal.`,
    );
    this.#behind = behind;
    this.#tellSlow();
  }

  show({ all }: History): void {
    const counted = new Map<string, number>();
    for (const { closed } of all) {
      for (const [code, number] of Object.entries(closed)) counted.set(code, (counted.get(code) ?? 0) + number);
    }
    this.#slowClosed = counted.get(SLOW) ?? 0;
    this.#tellSlow();
    this.#empty.hidden = counted.size > 0;
    const rows = [...counted].sort(([, one], [, other]) => other - one);
    this.#body.replaceChildren(...rows.map(([code, number]) => row(code, number)));
  }

  #tellSlow(): void {
    this.#slow.dataset["state"] = this.#behind + this.#slowClosed === 0 ? "calm" : "storm";
    say(
      this.#slow,
      this.#behind + this.#slowClosed === 0
        ? "No slow consumers."
        : `Slow consumers: ${plural(this.#behind, "connection")} behind now, ${count(this.#slowClosed)} closed for it.`,
    );
  }
}

function row(code: string, number: number): HTMLTableRowElement {
  const { name, meaning, fault } = closingOf(code);
  const line = made("tr");
  line.dataset["code"] = code;
  const head = made("th", "", "");
  head.scope = "row";
  head.append(made("code", "", code), ` ${name}`);
  const words = made("td", fault ? "fault" : "", meaning);
  words.dataset["label"] = "Meaning";
  const cell = made("td", "number", count(number));
  cell.dataset["label"] = "Number";
  line.append(head, words, cell);
  return line;
}
