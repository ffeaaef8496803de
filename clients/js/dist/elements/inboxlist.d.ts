import type { NotifierClient } from "../client.js";
import type { InboxItem } from "../frames.js";
import type { InboxView } from "../rest.js";
/** How far the list is: `idle` has more to load, `end` has none. */
export type Progress = "idle" | "loading" | "failed" | "end";
/** One view of the inbox as far as it was loaded, kept right by what the client tells. */
export declare class InboxList {
    #private;
    /** @param changed called after each change */
    constructor(client: NotifierClient, changed: () => void, signal: AbortSignal);
    get view(): InboxView;
    get items(): readonly InboxItem[];
    get progress(): Progress;
    /** Loads a view from its beginning. What is shown of the same view stays until the answer is there. */
    open(view: InboxView): Promise<void>;
    /** Loads the next page, if there is one and none is on its way. */
    more(): Promise<void>;
}
