import { element, made, say } from "./dom.js";
import { EventFilter } from "./eventfilter.js";
import { describe, kindOf } from "./eventtext.js";
import type { Listener } from "./feed.js";
import { clockTime, count, elapsed, exactTime, plural } from "./figures.js";
import type { OpsEvent } from "./frames.js";

/** Events that the page keeps. */
const MOST = 500;

type Waiting = OpsEvent | { readonly more: number; readonly at: number };

/** What happens, newest first. It stands still while it is paused, and while the pointer or the keyboard is on a row. */
export class EventTail implements Listener {
  readonly #list: HTMLElement;
  readonly #filter: EventFilter;
  readonly #pause = element("event-pause", HTMLButtonElement);
  readonly #empty = element("event-empty", HTMLElement);
  readonly #status = element("event-status", HTMLElement);
  #waiting: Waiting[] = [];
  #missed = 0;
  #paused = false;
  #pointed = false;

  constructor(list: HTMLElement, form: HTMLFormElement) {
    this.#list = list;
    this.#filter = new EventFilter(form, () => this.#sift());
    this.#pause.addEventListener("click", () => this.#setPaused(!this.#paused));
    list.addEventListener("pointerenter", () => this.#point(true));
    list.addEventListener("pointerleave", () => this.#point(list.contains(document.activeElement)));
    list.addEventListener("focusin", () => this.#point(true));
    list.addEventListener("focusout", ({ relatedTarget }) => {
      this.#point(relatedTarget instanceof Node && list.contains(relatedTarget));
    });
    setInterval(() => this.#age(), 1000);
    this.#tell();
  }

  events(events: readonly OpsEvent[], more: number): void {
    this.#waiting.push(...events);
    const newest = events.at(-1);
    if (more > 0) this.#waiting.push({ more, at: newest?.at ?? Date.now() / 1000 });
    const surplus = this.#waiting.length - MOST;
    if (surplus > 0) {
      this.#waiting.splice(0, surplus);
      this.#missed += surplus;
    }
    this.#flow();
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#pause.textContent = paused ? "Resume" : "Pause";
    this.#pause.setAttribute("aria-pressed", String(paused));
    this.#flow();
  }

  #point(pointed: boolean): void {
    this.#pointed = pointed;
    this.#flow();
  }

  #flow(): void {
    if (!this.#paused && !this.#pointed && this.#waiting.length > 0) {
      if (this.#missed > 0) this.#waiting.unshift({ more: this.#missed, at: this.#waiting[0]?.at ?? 0 });
      const rows = this.#waiting.map((event) => ("kind" in event ? eventRow(event) : moreRow(event.more, event.at)));
      for (const row of rows) this.#siftRow(row);
      this.#list.prepend(...[...rows].reverse());
      while (this.#list.children.length > MOST) this.#list.lastElementChild?.remove();
      this.#waiting = [];
      this.#missed = 0;
      this.#age();
    }
    this.#tell();
  }

  #sift(): void {
    for (const row of this.#rows) this.#siftRow(row);
    this.#tell();
  }

  #siftRow(row: HTMLElement): void {
    const kind = row.dataset["kind"] ?? "";
    row.hidden = kind !== "more" && !this.#filter.lets(kind, row.dataset["text"] ?? "");
  }

  get #rows(): HTMLElement[] {
    return [...this.#list.children].filter((row) => row instanceof HTMLElement);
  }

  #tell(): void {
    const events = this.#rows.filter((row) => row.dataset["kind"] !== "more");
    const shown = events.filter((row) => !row.hidden).length;
    this.#empty.hidden = shown > 0;
    say(
      this.#empty,
      events.length === 0
        ? "Nothing has happened yet. What happens from now on appears here within two seconds."
        : `None of the newest ${plural(events.length, "event")} is of these kinds and has this text.`,
    );
    const waiting = this.#waiting.length + this.#missed;
    const still = this.#paused ? "Paused" : this.#pointed && waiting > 0 ? "Held while you point at it" : "";
    const parts = [still, waiting > 0 ? `${count(waiting)} new` : "", `${count(shown)} of ${count(events.length)} shown`];
    say(this.#status, parts.filter((part) => part !== "").join(" · "));
  }

  #age(): void {
    const now = Date.now();
    for (const time of this.#list.querySelectorAll("time")) {
      say(time, elapsed(Math.max(0, now - Date.parse(time.dateTime)) / 1000));
    }
  }
}

function eventRow(event: OpsEvent): HTMLElement {
  const row = made("li", "event");
  row.dataset["kind"] = kindOf(event);
  const words = made("span", "event-words");
  words.append(...describe(event));
  row.dataset["text"] = `${event.kind} ${words.textContent ?? ""}`;
  row.append(timeOf(event.at), made("span", `event-kind event-${kindOf(event)}`, event.kind), words);
  return row;
}

function moreRow(more: number, at: number): HTMLElement {
  const row = made("li", "event event-more");
  row.dataset["kind"] = "more";
  row.append(timeOf(at), made("span", "event-kind", ""), made("span", "muted", `${plural(more, "more event")} not shown`));
  return row;
}

function timeOf(at: number): HTMLElement {
  const time = made("time", "event-time");
  const then = new Date(at * 1000);
  time.dateTime = then.toISOString();
  time.title = `${exactTime(then)} (${clockTime(then)}.${String(then.getMilliseconds()).padStart(3, "0")})`;
  return time;
}
