import { KINDS } from "./eventtext.js";

const ALL = [...KINDS, "other"];

/** Which events are shown: by kind and by text, kept in the address. */
export class EventFilter {
  readonly #form: HTMLFormElement;
  #kinds = new Set<string>(ALL);
  #text = "";

  constructor(form: HTMLFormElement, changed: () => void) {
    this.#form = form;
    this.#read();
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      this.#take();
      this.#write();
      changed();
    });
  }

  lets(kind: string, text: string): boolean {
    return this.#kinds.has(kind) && text.toLowerCase().includes(this.#text);
  }

  get #boxes(): readonly HTMLInputElement[] {
    return [...this.#form.querySelectorAll<HTMLInputElement>('input[name="kind"]')];
  }

  get #field(): HTMLInputElement {
    return this.#form.elements.namedItem("q") as HTMLInputElement;
  }

  #read(): void {
    const given = new URLSearchParams(location.search);
    const kinds = given.getAll("kind");
    for (const box of this.#boxes) box.checked = kinds.length === 0 || kinds.includes(box.value);
    this.#field.value = given.get("q") ?? "";
    this.#take();
  }

  #take(): void {
    this.#kinds = new Set(this.#boxes.filter((box) => box.checked).map((box) => box.value));
    this.#text = this.#field.value.trim().toLowerCase();
  }

  #write(): void {
    const given = new URLSearchParams();
    // "none" is no kind: with nothing checked a reload must not show everything.
    if (this.#kinds.size === 0) given.set("kind", "none");
    else if (this.#kinds.size < ALL.length) for (const kind of this.#kinds) given.append("kind", kind);
    if (this.#text !== "") given.set("q", this.#field.value.trim());
    history.replaceState(null, "", given.size === 0 ? location.pathname : `?${given}`);
  }
}
