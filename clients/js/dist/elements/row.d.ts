import type { NotifierClient } from "../client.js";
import type { InboxItem } from "../frames.js";
import type { Words } from "./texts.js";
export type Row = ReturnType<typeof createRow>;
/** One notification in the panel. Its element stays the same while its state changes, and with it the focus. */
export declare function createRow(item: InboxItem, words: Words, client: NotifierClient): {
    node: HTMLElement;
    update(to: InboxItem): void;
};
