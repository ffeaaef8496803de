import type { NotifierClient } from "../client.js";
import { borrow } from "./clients.js";
import { type Texts, type Words, createWords } from "./texts.js";

// A server that renders pages imports this module too, and has no elements.
const Base = (globalThis.document ? HTMLElement : class {}) as typeof HTMLElement;

/** What the elements have in common: a client, found by address or given; texts; a shadow tree that is drawn anew when one of them changes. */
export abstract class NotifierElement extends Base {
  static readonly observedAttributes: readonly string[] = ["url", "token-url", "lang", "max", "duration", "hotkey"];

  /** The style sheet of all elements. */
  static styles: string;

  #client: NotifierClient | null = null;
  /** As JSON, which tells whether others are set. */
  #texts: string | undefined;
  #drawn: AbortController | undefined;
  #planned = false;

  /** Puts the element's content into its empty shadow tree. What it listens to and started ends with the signal. */
  protected abstract draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void;

  /** A client of the page's own, which the page connects; null: the page's one for `url` is used. */
  get client(): NotifierClient | null {
    return this.#client;
  }

  set client(client: NotifierClient | null) {
    this.#client = client;
    this.#plan();
  }

  /** Any of the texts, in the page's words. What is read is a copy. */
  get texts(): Texts {
    return JSON.parse(this.#texts ?? "{}");
  }

  set texts(texts: Texts) {
    const json = JSON.stringify(texts);
    if (json === this.#texts) return;
    this.#texts = json;
    this.#plan();
  }

  connectedCallback(): void {
    // A framework may have set these before the element was known.
    for (const name of ["client", "texts"] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name] as never;
      delete (this as Partial<NotifierElement>)[name];
      this[name] = value;
    }
    this.#plan();
  }

  disconnectedCallback(): void {
    this.#plan();
  }

  attributeChangedCallback(_name: string, last: string | null, value: string | null): void {
    if (last !== value) this.#plan();
  }

  /** Draws once after all that is changed at the same time; an element that is moved is drawn anew, and its client stays connected. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      const last = this.#drawn;
      if (this.isConnected) this.#begin();
      last?.abort();
    });
  }

  #begin(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(NotifierElement.styles);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren();
    const { signal } = (this.#drawn = new AbortController());
    const lang = this.closest<HTMLElement>("[lang]")?.lang;
    const words = createWords(this.texts, lang);
    const url = this.getAttribute("url");
    const client = this.#client ?? (url && borrow(url, this.getAttribute("token-url") ?? "", signal));
    if (client) this.draw(root, client, words, signal);
  }
}
