import type { FollowFrame, MarkFrame, ReadFrame } from "./frames.js";
/** A frame that the page asked for, as opposed to those that keep the connection going. */
export type Command = ReadFrame | MarkFrame | FollowFrame;
/**
 * What the page asked for, on its way to the server: in order, at the pace that the server allows, and kept
 * while there is no connection.
 */
export declare class Outbox {
    #private;
    /** Queues a command. Returns false when too many wait already, and it was not taken. */
    push(command: Command): boolean;
    /**
     * A connection is there: sends what waits, and from now on what comes.
     *
     * @param confirms whether `confirm` tells what arrived; the rest is then sent again on the next connection
     */
    open(send: (text: string) => void, confirms?: boolean): void;
    /** The connection is gone: what comes waits. */
    close(): void;
    /** All that was sent has arrived. */
    confirm(): void;
    /** Forgets what waits. */
    clear(): void;
}
