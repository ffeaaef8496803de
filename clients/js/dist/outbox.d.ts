import type { Command } from "./frames.js";
/**
 * What the page asked for, on its way to the server: in order, at the pace that the server allows, and kept
 * while there is no connection.
 *
 * @param send sends one; false where there is no connection, and it waits
 */
export declare function createOutbox(send: (command: Command) => boolean): {
    drain: () => void;
    /**
     * Queues a command, in as many frames as it takes. Returns false when too many wait already, and it was not taken.
     *
     * @throws TypeError for what the server would not take
     */
    push(command: Command): boolean;
    /** Puts what was sent and has not arrived before all else. It is sent with the next that comes, or by `drain`. */
    restore(commands: readonly Command[]): void;
    /** Forgets what waits. */
    forget(): void;
};
