import type { Notification } from "../frames.js";
import type { NotifierClient } from "../client.js";
import type { StateDetail } from "../events.js";
import type { InboxItem } from "../frames.js";
import type { InboxView } from "../rest.js";

/** How far the list is: `idle` has more to load, `end` has none. */
export type Progress = "idle" | "loading" | "failed" | "end";

const PAGE = 20;

/** More than this no one scrolls through, and it makes the page slow. */
const MOST = 500;

/** One view of the inbox as far as it was loaded, kept right by what the client tells. */
export class InboxList {
  readonly #client: NotifierClient;
  readonly #changed: () => void;
  #view: InboxView = "all";
  #items: InboxItem[] = [];
  #cursor: string | null = null;
  #progress: Progress = "idle";
  #load = new AbortController();
  /** What was told while a page was on its way, which may be older than that. */
  #told: StateDetail[] = [];
  /** Ids of what came meanwhile. */
  readonly #fresh = new Set<string>();
  /** @param changed called after each change */
  constructor(client: NotifierClient, changed: () => void, signal: AbortSignal) {
    this.#client = client;
    this.#changed = changed;
    client.addEventListener("notification", ({ detail }) => this.#arrived(detail.notification), { signal });
    client.addEventListener("state", ({ detail }) => this.#state(detail), { signal });
    client.addEventListener("reset", () => void this.open(this.#view), { signal });
    signal.addEventListener("abort", () => this.#load.abort());
  }

  get view(): InboxView {
    return this.#view;
  }

  get items(): readonly InboxItem[] {
    return this.#items;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Loads a view from its beginning. What is shown of the same view stays until the answer is there. */
  async open(view: InboxView): Promise<void> {
    if (view !== this.#view) this.#items = [];
    this.#view = view;
    await this.#fetch(null);
  }

  /** Loads the next page, if there is one and none is on its way. */
  async more(): Promise<void> {
    if (this.#progress === "idle" || this.#progress === "failed") await this.#fetch(this.#cursor);
  }

  async #fetch(cursor: string | null): Promise<void> {
    this.#load.abort();
    const { signal } = (this.#load = new AbortController());
    this.#progress = "loading";
    this.#told = [];
    this.#fresh.clear();
    this.#changed();
    try {
      const page = await this.#client.inbox({ cursor, limit: PAGE, view: this.#view, signal });
      if (signal.aborted) return;
      // What came live while the page was on its way may be in it, or nowhere but here.
      const known = new Set(page.notifications.map(({ id }) => id));
      const kept = this.#items.filter(({ id }) => !known.has(id) && (cursor !== null || this.#fresh.has(id)));
      this.#items = [...kept, ...page.notifications];
      this.#cursor = page.next;
      this.#progress = page.next === null || this.#items.length >= MOST ? "end" : "idle";
      for (const detail of this.#told.splice(0)) this.#apply(detail);
    } catch {
      if (signal.aborted) return;
      this.#progress = "failed";
    }
    this.#changed();
    // A page may hold nothing for this view: the end is nearer all the same.
    if (this.#progress === "idle" && this.#items.length === 0) await this.more();
  }

  #arrived(notification: Notification): void {
    const { id } = notification;
    if (this.#view === "archived" || this.#has(id)) return;
    // Ids rise with time. What is older than all that was loaded comes with its page.
    if (this.#cursor !== null && !this.#items.some((item) => item.id < id)) return;
    if (this.#progress === "loading") this.#fresh.add(id);
    const item = { ...notification, read: false, archived: false };
    this.#items = [...this.#items, item].sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, MOST);
    this.#changed();
  }

  #has(id: string): boolean {
    return this.#items.some((item) => item.id === id);
  }

  #state(detail: StateDetail): void {
    if (this.#progress === "loading") this.#told.push(detail);
    this.#apply(detail);
    this.#changed();
    const { all, unread, archived, unarchived } = detail;
    const came = this.#view === "archived" ? archived : unarchived;
    // What came back has its place among the others, and some may be newer than "all": the service knows.
    if (came.some((id) => !this.#has(id)) || (all && unread > 0)) void this.open(this.#view);
  }

  #apply({ read, all, unmarked, archived, unarchived }: StateDetail): void {
    this.#items = this.#items
      .map((item) => {
        const { id } = item;
        return {
          ...item,
          read: (item.read || all || read.includes(id)) && !unmarked.includes(id),
          archived: (item.archived || archived.includes(id)) && !unarchived.includes(id),
        };
      })
      // What becomes read in the view of the unread stays where it is: nothing jumps away under the pointer.
      .filter((item) => item.archived === (this.#view === "archived"));
  }
}
