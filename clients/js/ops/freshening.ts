/** Regions of a page, marked `data-fresh`, that the server renders anew every few seconds while the page is seen. */

const EVERY = 5000;
/** A page that takes the service long is asked for the more seldom: this many times as long lies between. */
const SPARING = 200;
const SELDOM = 30_000;

type State = "live" | "held" | "paused" | "reconnecting" | "refused";

const WORDS: Readonly<Record<State, string>> = {
  live: "Live",
  held: "Held while you are on it",
  paused: "Paused",
  reconnecting: "Reconnecting",
  refused: "Signed out",
};

/** Whether something in a region must not move: a row under the pointer, the focus, or a selected text. */
export function isHeld(regions: readonly Element[]): boolean {
  const selected = getSelection();
  return regions.some(
    (region) =>
      region.querySelector("tr:hover, a:hover, button:hover") !== null ||
      region.contains(document.activeElement) ||
      (selected?.isCollapsed === false && region.contains(selected.anchorNode)),
  );
}

export class Freshening {
  readonly #changed: () => void;
  #state: State = "live";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed called when regions were replaced */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  start(): void {
    if (this.#regions.length === 0) return;
    this.#wait(EVERY);
    setInterval(() => this.#look(), 250);
    document.addEventListener("visibilitychange", () => this.#wait(0));
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#turn().then((took) => this.#wait(Math.min(SELDOM, Math.max(EVERY, took * SPARING))));
    }, milliseconds);
  }

  get #regions(): readonly HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>("[data-fresh]")];
  }

  /** Say at once that it is held, and that it no longer is. */
  #look(): void {
    if (this.#state === "live" && isHeld(this.#regions)) this.#tell("held");
    else if (this.#state === "held" && !isHeld(this.#regions)) this.#tell("live");
  }

  /** How long the service took, in milliseconds. */
  async #turn(): Promise<number> {
    if (this.#state === "refused") return 0;
    if (document.hidden) return this.#tell("paused");
    if (isHeld(this.#regions)) return this.#tell("held");
    const began = performance.now();
    const found = await load(location.href);
    const took = performance.now() - began;
    if (found === "away") return this.#tell("reconnecting");
    if (found === "refused") return this.#tell("refused");
    // Meanwhile the pointer may have come.
    if (isHeld(this.#regions)) return this.#tell("held");
    for (const region of this.#regions) {
      const anew = found.getElementById(region.id);
      if (anew !== null && !anew.isEqualNode(region)) region.replaceWith(document.importNode(anew, true));
    }
    this.#changed();
    this.#tell("live");
    return took;
  }

  #tell(state: State): number {
    this.#state = state;
    const pill = document.querySelector<HTMLElement>("[data-fresh-state]");
    if (pill !== null && pill.dataset["freshState"] !== state) {
      pill.dataset["freshState"] = pill.dataset["state"] = state;
      pill.textContent = WORDS[state];
    }
    return 0;
  }
}

/** The page as it is now. The browser reads it as a document, in which nothing runs. */
function load(address: string): Promise<Document | "away" | "refused"> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = 4 * EVERY;
    // Looking on is no work: it does not keep the session alive.
    request.setRequestHeader("Notifier-Looking-On", "1");
    request.onload = () => {
      const elsewhere = new URL(request.responseURL).pathname !== new URL(address).pathname;
      if (elsewhere || request.status === 403) resolve("refused");
      else resolve(request.status === 200 && request.responseXML !== null ? request.responseXML : "away");
    };
    request.onerror = request.ontimeout = () => resolve("away");
    request.send();
  });
}
