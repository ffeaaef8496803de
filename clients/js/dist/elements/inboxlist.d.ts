import type { NotifierClient } from "../client.js";
import type { InboxItem } from "../frames.js";
import type { InboxView } from "../rest.js";
/** How far the list is: `idle` has more to load, `end` has none. */
export type Progress = "idle" | "loading" | "failed" | "end";
export type InboxList = ReturnType<typeof createInboxList>;
/**
 * One view of the inbox as far as it was loaded, kept right by what the client tells.
 *
 * @param changed called after each change
 */
export declare function createInboxList(client: NotifierClient, changed: () => void, signal: AbortSignal): {
    open: (next: InboxView) => Promise<void>;
    more: () => Promise<void>;
    readonly view: InboxView;
    readonly items: readonly InboxItem[];
    readonly progress: Progress;
};
