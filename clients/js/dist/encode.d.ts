import type { Command, HelloFrame, PageFrame, Seqs } from "./frames.js";
/** The longest frame that the server takes, in bytes of UTF-8. */
export declare const MAX_FRAME_BYTES: number;
/** The most ids in one frame. */
export declare const MAX_IDS = 100;
/** What operators are shown of a page: its path, ASCII and at most 2,048 characters, and whether it is seen. */
export type Where = Pick<PageFrame, "page" | "visible">;
/**
 * Splits cursors into parts that each fit into one frame, in the given order. A thousand long stream names
 * are within the protocol's count and still beyond its 16 KiB.
 */
export declare const parts: (seqs: Iterable<readonly [string, number]>) => Seqs[];
/**
 * The first frame of a connection.
 *
 * @param cursors the saved cursors, the most important first: those that do not fit into one frame are left out
 * @param epoch the epoch that they belong to, or null when none was saved
 * @param client name and version for the operators, at most 64 characters
 */
export declare const hello: (cursors: Iterable<readonly [string, number]>, epoch: string | null, client: string, where?: Where) => HelloFrame;
/**
 * What is sent for a command: as many frames of at most 100 ids as it takes.
 *
 * @throws TypeError for what is no topic, or no id of a notification; the server would close the connection for good
 */
export declare const commands: (command: Command) => Command[];
export declare const isNotificationId: (id: string) => boolean;
