/** Regions of a page, marked `data-fresh`, that the server renders anew every few seconds while the page is seen. */

const EVERY = 5000;

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

  /** @param changed called when regions were replaced */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  start(): void {
    if (this.#regions.length === 0) return;
    setInterval(() => void this.#turn(), EVERY);
    setInterval(() => this.#look(), 250);
    document.addEventListener("visibilitychange", () => void this.#turn());
  }

  get #regions(): readonly HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>("[data-fresh]")];
  }

  /** Say at once that it is held, and that it no longer is. */
  #look(): void {
    if (this.#state === "live" && isHeld(this.#regions)) this.#tell("held");
    else if (this.#state === "held" && !isHeld(this.#regions)) this.#tell("live");
  }

  async #turn(): Promise<void> {
    if (this.#state === "refused") return;
    if (document.hidden) return this.#tell("paused");
    if (isHeld(this.#regions)) return this.#tell("held");
    const found = await load(location.href);
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
  }

  #tell(state: State): void {
    this.#state = state;
    const pill = document.querySelector<HTMLElement>("[data-fresh-state]");
    if (pill === null || pill.dataset["freshState"] === state) return;
    pill.dataset["freshState"] = pill.dataset["state"] = state;
    pill.textContent = WORDS[state];
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
