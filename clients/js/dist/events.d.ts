import type { Banner, FollowedFrame, Notification, ResetFrame, Seqs, UnfollowedFrame, WelcomeFrame } from "./frames.js";
/** How the client stands: `refused` means that it will not try again by itself. */
export type Status = "connecting" | "live" | "offline" | "refused";
export interface NotificationDetail {
    readonly stream: string;
    readonly seq: number;
    /** True for what was stored before this connection began. */
    readonly replayed: boolean;
    readonly notification: Notification;
}
export interface StateDetail {
    /** Unread notifications, with those that came since the server counted. */
    readonly unread: number;
    /** Ids of what has become read. */
    readonly read: readonly string[];
    /** True when everything up to `heads` has become read, before what the lists say. */
    readonly all: boolean;
    readonly heads: Seqs;
    /** Ids of what is unread again. */
    readonly unmarked: readonly string[];
    /** Ids of what was put into the archive, which makes it read. */
    readonly archived: readonly string[];
    /** Ids of what was taken out of the archive. */
    readonly unarchived: readonly string[];
}
export interface FrontDetail {
    readonly inFront: boolean;
    readonly leads: boolean;
}
export interface StatusDetail {
    readonly status: Status;
    /** The close code that led here, or 0. */
    readonly code: number;
    /** What the server said, or ""; `closeReason(code)` has a sentence for people. */
    readonly reason: string;
    /** Milliseconds until the next attempt, or null when none is planned. */
    readonly retryIn: number | null;
}
export interface ErrorDetail {
    /**
     * The code of the server's `error` frame, or one of this client: `token_unavailable` (getToken failed),
     * `connect_failed` (the browser refused to try), `malformed_frame` (the server sent what it may not),
     * `queue_full` (too much was asked for while offline).
     */
    readonly code: string;
    readonly message: string;
    readonly field: string;
}
/** Every event of the client; each is a `CustomEvent` with this detail. */
export interface NotifierEvents {
    /** A notification to show, once each. Its cursor is saved after all listeners ran. */
    notification: NotificationDetail;
    /** The unread count, or what is read or archived, changed: after each connect, and when something was marked anywhere. */
    state: StateDetail;
    /** A cursor could not be honoured: what lay before `oldest` is gone from the stream. */
    reset: ResetFrame;
    status: StatusDetail;
    /** A connection is live; what was missed follows. */
    welcome: WelcomeFrame;
    /** Everything that was missed while away has arrived. Not sent when the newest of it expired meanwhile. */
    caughtup: null;
    followed: FollowedFrame;
    unfollowed: UnfollowedFrame;
    /** A banner to show in place of the one that is shown, or null: there is none any more. */
    banner: Banner | null;
    /** Whether this tab is the one that the person looks at, or the one that holds the socket, changed. Only where tabs share. */
    front: FrontDetail;
    error: ErrorDetail;
}
/** Dispatches an event of the client. */
export type Emit = <Type extends keyof NotifierEvents>(type: Type, detail: NotifierEvents[Type]) => void;
type Listener<Detail> = (event: CustomEvent<Detail>) => void;
interface TypedEventTarget extends EventTarget {
    addEventListener<Type extends keyof NotifierEvents>(type: Type, listener: Listener<NotifierEvents[Type]>, options?: AddEventListenerOptions | boolean): void;
    addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: AddEventListenerOptions | boolean): void;
    removeEventListener<Type extends keyof NotifierEvents>(type: Type, listener: Listener<NotifierEvents[Type]>, options?: EventListenerOptions | boolean): void;
    removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: EventListenerOptions | boolean): void;
}
/** An `EventTarget` whose listeners are typed; the platform reports what they throw and goes on. */
export declare const NotifierEventTarget: {
    new (): TypedEventTarget;
};
export {};
