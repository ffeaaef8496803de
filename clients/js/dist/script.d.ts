import { NotifierClient } from "./client.js";
import { NotifierBell, NotifierToasts } from "./elements.js";
import type { NotifierOptions } from "./options.js";
/** The client, whose tabs share one socket unless `tabs` is null. */
declare class SharingClient extends NotifierClient {
    constructor(options: NotifierOptions);
}
/** What `<script src="notifier.js">` brings, beside the elements. */
export declare const Notifier: {
    NotifierClient: typeof SharingClient;
    NotifierBell: typeof NotifierBell;
    NotifierToasts: typeof NotifierToasts;
    TEXTS: {
        notifications: string;
        unreadCount: string;
        all: string;
        unread: string;
        archived: string;
        markAllRead: string;
        markRead: string;
        markUnread: string;
        archive: string;
        unarchive: string;
        close: string;
        dismiss: string;
        loading: string;
        loadMore: string;
        failed: string;
        retry: string;
        emptyAll: string;
        emptyUnread: string;
        emptyArchived: string;
        connecting: string;
        offline: string;
        refused: string;
        reconnect: string;
        systemOffer: string;
        systemAllow: string;
        more: string;
        whileAway: string;
        info: string;
        success: string;
        warning: string;
        error: string;
    };
};
export {};
