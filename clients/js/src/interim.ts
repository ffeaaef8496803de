import { NotifierClient as Core } from "./client.js";
import type { StateDetail as CoreState } from "./events.js";
import type { Notification } from "./frames.js";
import type { NotifierOptions } from "./options.js";

/** A notification as it lies in the inbox. */
export interface InboxItem extends Notification {
  readonly read: boolean;
  readonly archived: boolean;
}

/** A page of the inbox, newest first; `next` is the cursor of the page after it, or null at the end. */
export interface InboxPage {
  readonly notifications: readonly InboxItem[];
  readonly next: string | null;
  readonly unread: number;
}

/** What of the inbox is wanted. */
export type InboxView = "all" | "unread" | "archived";

export interface InboxQuery {
  readonly cursor?: string | null;
  readonly limit?: number;
  readonly view?: InboxView;
  readonly signal?: AbortSignal;
}

export interface StateDetail extends CoreState {
  readonly unmarked: readonly string[];
  readonly archived: readonly string[];
  readonly unarchived: readonly string[];
}

/** Stands in for what the client is about to have; what is archived or marked unread here lasts as long as the page. */
export class NotifierClient extends Core {
  readonly #api: string;
  readonly #getToken: (() => Promise<string>) | undefined;
  readonly #archived = new Set<string>();
  readonly #unmarked = new Set<string>();
  readonly leads = true;

  constructor(options: NotifierOptions) {
    super(options);
    this.#getToken = options.getToken;
    const address = new URL(options.url, globalThis.location?.href ?? "http://localhost/");
    this.#api = `${address.protocol.replace("ws", "http")}//${address.host}/api/v1`;
    globalThis.document?.addEventListener("visibilitychange", () => {
      this.dispatchEvent(new CustomEvent("front", { detail: { inFront: this.inFront, leads: true } }));
    });
  }

  get inFront(): boolean {
    return document.visibilityState === "visible";
  }

  async inbox({ cursor, limit = 20, view = "all", signal }: InboxQuery = {}): Promise<InboxPage> {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor ? { cursor } : {}) });
    const headers: Record<string, string> = {};
    if (this.#getToken !== undefined) headers["Authorization"] = `Bearer ${await this.#getToken()}`;
    const response = await fetch(`${this.#api}/inbox?${query}`, { headers, ...(signal ? { signal } : {}) });
    if (!response.ok) throw new Error(`The inbox answered ${response.status}.`);
    const page = (await response.json()) as InboxPage;
    const notifications = page.notifications
      .map((each) => ({
        ...each,
        read: each.read && !this.#unmarked.has(each.id),
        archived: this.#archived.has(each.id),
      }))
      .filter((each) => each.archived === (view === "archived") && (view !== "unread" || !each.read));
    return { ...page, notifications };
  }

  override dispatchEvent(event: Event): boolean {
    if (event.type === "state") {
      const { detail } = event as CustomEvent<StateDetail>;
      Object.assign(detail, { unmarked: [], archived: [], unarchived: [], ...(detail as object) });
    }
    return super.dispatchEvent(event);
  }

  override read(ids: readonly string[]): void {
    for (const id of ids) this.#unmarked.delete(id);
    super.read(ids);
  }

  markUnread(ids: readonly string[]): void {
    for (const id of ids) this.#unmarked.add(id);
    this.#tell({ unmarked: ids });
  }

  archive(ids: readonly string[]): void {
    for (const id of ids) this.#archived.add(id);
    this.#tell({ archived: ids });
  }

  unarchive(ids: readonly string[]): void {
    for (const id of ids) this.#archived.delete(id);
    this.#tell({ unarchived: ids });
  }

  #tell(part: Partial<StateDetail>): void {
    const nothing = { read: [], all: false, heads: {}, unmarked: [], archived: [], unarchived: [] };
    this.dispatchEvent(new CustomEvent("state", { detail: { unread: this.unread, ...nothing, ...part } }));
  }
}
