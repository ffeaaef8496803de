import type { NotifierClient } from "../client.js";
import type { StateDetail } from "../events.js";
import type { InboxItem } from "../frames.js";
import { listen } from "../listen.js";
import type { InboxView } from "../rest.js";

/** How far the list is: `idle` has more to load, `end` has none. */
export type Progress = "idle" | "loading" | "failed" | "end";

const PAGE = 20;

/** More than this no one scrolls through, and it makes the page slow. */
const MOST = 500;

export type InboxList = ReturnType<typeof createInboxList>;

/**
 * One view of the inbox as far as it was loaded, kept right by what the client tells.
 *
 * @param changed called after each change
 */
export function createInboxList(client: NotifierClient, changed: () => void, signal: AbortSignal) {
  let view: InboxView = "all";
  let items: InboxItem[] = [];
  /** Where the next page begins; null is the beginning of all. */
  let cursor: string | null = null;
  let progress: Progress = "idle";
  let load = new AbortController();
  /** What was told while a page was on its way, which may be older than that. */
  let told: StateDetail[] = [];
  /** What came meanwhile. */
  let fresh: InboxItem[] = [];

  /** Lists these, the newest first; ids rise with time. Of two with the same id the later one holds. */
  const merge = (all: readonly InboxItem[]): void => {
    const known = new Map(all.map((item) => [item.id, item]));
    items = [...known.values()].sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, MOST);
  };

  const apply = ({ read, all, unmarked, archived, unarchived }: StateDetail): void => {
    items = items
      .map((item) => ({
        ...item,
        read: (item.read || all || read.includes(item.id)) && !unmarked.includes(item.id),
        archived: (item.archived || archived.includes(item.id)) && !unarchived.includes(item.id),
      }))
      // What becomes read in the view of the unread stays where it is: nothing jumps away under the pointer.
      .filter((item) => item.archived === (view === "archived"));
  };

  const fetchNext = async (): Promise<void> => {
    load.abort();
    const { signal: mine } = (load = new AbortController());
    progress = "loading";
    told = [];
    fresh = [];
    changed();
    const page = await client.inbox({ cursor, limit: PAGE, view, signal: mine }).catch(() => null);
    if (mine.aborted) return;
    progress = "failed";
    if (page) {
      // What came live while the page was on its way may be in it, or nowhere but here.
      merge([...(cursor ? items : fresh), ...page.notifications]);
      cursor = page.next;
      progress = !cursor || items.length >= MOST ? "end" : "idle";
      told.forEach(apply);
    }
    changed();
    // A page may hold nothing for this view: the end is nearer all the same.
    if (progress === "idle" && !items[0]) await more();
  };

  /** Loads a view from its beginning. What is shown of the same view stays until the answer is there. */
  const open = (next: InboxView): Promise<void> => {
    if (next !== view) items = [];
    view = next;
    cursor = null;
    return fetchNext();
  };

  /** Loads the next page, if there is one and none is on its way. */
  const more = async (): Promise<void> => {
    if (progress === "idle" || progress === "failed") await fetchNext();
  };

  listen(
    client,
    "notification",
    ({ detail: { notification } }) => {
      // What is older than all that was loaded comes with its page.
      if (view === "archived" || (cursor && !items.some(({ id }) => id < notification.id))) return;
      const item = { ...notification, read: false, archived: false };
      if (progress === "loading") fresh.push(item);
      merge([item, ...items]);
      changed();
    },
    signal,
  );
  listen(
    client,
    "state",
    ({ detail }) => {
      const { all, unread, archived, unarchived } = detail;
      if (progress === "loading") told.push(detail);
      apply(detail);
      changed();
      const came = view === "archived" ? archived : unarchived;
      // What came back has its place among the others, and some may be newer than "all": the service knows.
      if (!came.every((id) => items.some((item) => item.id === id)) || (all && unread > 0)) void open(view);
    },
    signal,
  );
  listen(client, "reset", () => open(view), signal);
  listen(signal, "abort", () => load.abort());

  return {
    open,
    more,

    get view() {
      return view;
    },

    get items(): readonly InboxItem[] {
      return items;
    },

    get progress() {
      return progress;
    },
  };
}
