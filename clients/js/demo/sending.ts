import type { Level } from "../src/index.js";
import type { Latency } from "./latency.js";

/** How long the server may take, in milliseconds. */
const PATIENCE = 10_000;

const SAMPLES: Readonly<Record<Level, readonly [title: string, body: string]>> = {
  info: ["New comment on the roadmap", "“Shall we move the launch to Thursday?”"],
  success: ["Invoice 2041 was paid", "€ 1,290.00 from Northwind"],
  warning: ["The disk of db-2 is nearly full", "91 % of 500 GB are used."],
  error: ["The nightly backup failed", "No connection to the storage. It was tried three times."],
};

const ACTIONS = [
  { label: "Try again", name: "retry" },
  { label: "Open", url: "/demo/" },
];

/** Something went wrong, and this says it to a person. */
class Failure extends Error {}

/** Sends to the two people: what the form says, one of every level, or a burst. */
export class Sender {
  readonly #form: HTMLFormElement;
  readonly #result: HTMLElement;
  readonly #path: string;
  readonly #people: readonly string[];
  readonly #latency: Latency;

  /** @param result where a failure is told */
  constructor(form: HTMLFormElement, result: HTMLElement, path: string, people: readonly string[], latency: Latency) {
    this.#form = form;
    this.#result = result;
    this.#path = path;
    this.#people = people;
    this.#latency = latency;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#told(() => this.#send(this.#field("level") as Level, this.#field("title"), this.#field("body")));
    });
  }

  everyLevel(): Promise<void> {
    return this.#told(async () => {
      for (const [level, [title, body]] of Object.entries(SAMPLES)) await this.#send(level as Level, title, body);
    });
  }

  burst(count: number): Promise<void> {
    return this.#told(async () => {
      for (let number = 1; number <= count; number += 1) await this.#send("info", `${number} of ${count}`, "");
    });
  }

  /** What the service answers to a POST. Throws a Failure, with a sentence for people. */
  async post(path: string, body: object): Promise<unknown> {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#field("csrfmiddlewaretoken") },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return response.json();
    if (response.status === 403) throw new Failure("You are not signed in any more. Reload the page.");
    throw new Failure((await problem(response)) ?? `The server answered ${response.status}. Nothing was sent.`);
  }

  async #send(level: Level, title: string, body: string): Promise<void> {
    const to = this.#field("to");
    const data = this.#field("actions") === "" ? {} : { actions: ACTIONS };
    const began = performance.now();
    const sent = await this.post(this.#path, { to: to === "both" ? this.#people : [to], level, title, body, data });
    this.#latency.sent((sent as { id: string }).id, began);
  }

  #field(name: string): string {
    return String(new FormData(this.#form).get(name) ?? "");
  }

  async #told(act: () => Promise<void>): Promise<void> {
    this.#result.textContent = "";
    try {
      await act();
    } catch (error) {
      this.#result.textContent = error instanceof Failure ? error.message : "The server could not be reached. Try again.";
    }
  }
}

/** What an `application/problem+json` answer says, or null when the answer is none. */
async function problem(response: Response): Promise<string | null> {
  try {
    const { detail, title } = (await response.json()) as { detail?: unknown; title?: unknown };
    return typeof detail === "string" ? detail : typeof title === "string" ? title : null;
  } catch {
    return null;
  }
}
