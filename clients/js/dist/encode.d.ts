import type { AckFrame, ClientFrame, FollowFrame, HelloFrame, MarkFrame, PageFrame, PingFrame, ReadFrame, RefreshFrame } from "./frames.js";
/** The longest frame that the server takes, in bytes of UTF-8. */
export declare const MAX_FRAME_BYTES: number;
/** The most ids in one frame. */
export declare const MAX_READ_IDS = 100;
/**
 * The first frame of a connection.
 *
 * @param resume the saved cursors, the most important first: those that do not fit into one frame are left out
 * @param epoch the epoch that they belong to, or null when none was saved
 * @param client name and version for the operators, at most 64 characters
 * @param where the page's path, ASCII and at most 2,048 characters, and whether it is seen; nothing where there is no page
 */
export declare function hello(resume: Iterable<readonly [string, number]>, epoch: string | null, client: string, where?: Where): HelloFrame;
/** What operators are shown of a page. */
export type Where = Pick<PageFrame, "page" | "visible">;
/** The page is elsewhere, or is seen or hidden now. */
export declare function page(where: Where): PageFrame;
/** Acknowledges everything up to each `seq`: one frame, or more when the streams do not fit into one. */
export declare function acks(handled: Iterable<readonly [string, number]>): AckFrame[];
/**
 * Marks ids as read: as many frames of at most 100 ids as it takes.
 *
 * @throws TypeError for what is no id of a notification; the server would close the connection for good
 */
export declare function reads(ids: readonly string[]): ReadFrame[];
/**
 * Marks ids as unread, archives them, takes them out of the archive, or tells that they were seen: as many frames of at
 * most 100 ids as it takes.
 *
 * @throws TypeError for what is no id of a notification; the server would close the connection for good
 */
export declare function marks(type: MarkFrame["type"], ids: readonly string[]): MarkFrame[];
export declare function isNotificationId(id: string): boolean;
export declare function readAll(): ReadFrame;
/** @throws TypeError for what is no topic; the server would close the connection for good */
export declare function follow(topic: string): FollowFrame;
/** @throws TypeError for what is no topic; the server would close the connection for good */
export declare function unfollow(topic: string): FollowFrame;
export declare function refresh(token: string): RefreshFrame;
/** @param rtt how long the last ping waited for its pong, in milliseconds, or null when none was answered yet */
export declare function ping(rtt: number | null): PingFrame;
export declare function encode(frame: ClientFrame): string;
