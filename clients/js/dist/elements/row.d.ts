import type { InboxItem } from "../frames.js";
import type { Words } from "./texts.js";
/** What a person does with one notification of the list. */
export interface RowActions {
    /** `read` as it is to be from now on. */
    mark(id: string, read: boolean): void;
    file(id: string, archived: boolean): void;
}
export type Row = ReturnType<typeof createRow>;
/** One notification in the panel. Its element stays the same while its state changes, and with it the focus. */
export declare function createRow(item: InboxItem, words: Words, { mark, file }: RowActions): {
    node: HTMLElement;
    tick: () => void;
    update(to: InboxItem): void;
};
