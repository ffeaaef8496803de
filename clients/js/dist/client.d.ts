import { NotifierEventTarget, type Status } from "./events.js";
import { type NotifierOptions } from "./options.js";
import { type InboxPage, type InboxQuery } from "./rest.js";
/**
 * One person's notifications over one WebSocket, which is kept open: it comes back after whatever closed it,
 * goes on where each stream was left, and shows each notification once.
 *
 * @example
 * const client = new NotifierClient({ url: "/ws/notifications/" });
 * client.addEventListener("notification", ({ detail }) => console.log(detail.notification.title));
 * client.connect();
 */
export declare class NotifierClient extends NotifierEventTarget {
    #private;
    /** @throws TypeError when the address is none for a WebSocket, or the platform has no WebSocket */
    constructor(options: NotifierOptions);
    /** 0 to 3, as a WebSocket's; OPEN (1) from the welcome on, and CONNECTING (0) also while waiting to come back. */
    get readyState(): number;
    get status(): Status;
    /** The recipient, or null before anyone was welcomed at this address. */
    get user(): string | null;
    /** Unread notifications; 0 before the first welcome. */
    get unread(): number;
    /**
     * True in exactly one of the tabs that show this person's notifications: of those that are visible, the one that was
     * focused last. Where tabs cannot talk to each other, in each that is visible.
     */
    get inFront(): boolean;
    /** True in the tab that holds the socket; where nothing is shared in each. */
    get leads(): boolean;
    /** Connects, and from then on comes back by itself. Hastens a planned attempt; does nothing while one is under way. */
    connect(): void;
    /**
     * Closes, and stays closed until `connect()`. The socket that tabs share stays open as long as there are others.
     *
     * @param code 1000, or 3000 to 4999
     */
    close(code?: number, reason?: string): void;
    /**
     * Follows a topic, for the person, on every device. Sent as soon as there is a connection.
     *
     * @throws TypeError for what is no topic
     */
    follow(topic: string): void;
    /**
     * Ends following a topic. Sent as soon as there is a connection.
     *
     * @throws TypeError for what is no topic
     */
    unfollow(topic: string): void;
    /** A page of the inbox, newest first, with the credential of the socket. @throws InboxError */
    inbox(query?: InboxQuery): Promise<InboxPage>;
    /**
     * Marks notifications as read; a `state` event tells when they are. Sent as soon as there is a connection.
     *
     * @throws TypeError for what is no id of a notification
     */
    read(ids: readonly string[]): void;
    /** Marks all as read; a `state` event tells when they are. Sent as soon as there is a connection. */
    readAll(): void;
    /**
     * Marks notifications as unread again; a `state` event tells when they are. Sent as soon as there is a connection.
     *
     * @throws TypeError for what is no id of a notification
     */
    markUnread(ids: readonly string[]): void;
    /**
     * Puts notifications into the archive, which marks them as read; a `state` event tells when they are there. Sent as
     * soon as there is a connection.
     *
     * @throws TypeError for what is no id of a notification
     */
    archive(ids: readonly string[]): void;
    /**
     * Takes notifications out of the archive; a `state` event tells when they are out. Sent as soon as there is a connection.
     *
     * @throws TypeError for what is no id of a notification
     */
    unarchive(ids: readonly string[]): void;
    /**
     * Tells that the person has notifications before their eyes, which does not mark them as read. `attach` does so for
     * toasts. Sent within a second or so of being seen and connected, each notification once.
     *
     * @throws TypeError for what is no id of a notification
     */
    seen(ids: readonly string[]): void;
}
