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
export declare class NotifierClient extends Core {
    #private;
    readonly leads = true;
    constructor(options: NotifierOptions);
    get inFront(): boolean;
    inbox({ cursor, limit, view, signal }?: InboxQuery): Promise<InboxPage>;
    dispatchEvent(event: Event): boolean;
    read(ids: readonly string[]): void;
    markUnread(ids: readonly string[]): void;
    archive(ids: readonly string[]): void;
    unarchive(ids: readonly string[]): void;
}
