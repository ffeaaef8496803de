import type { Seqs } from "./frames.js";
/**
 * Gathers handled entries into few, cumulative acknowledgements.
 *
 * @param acknowledge called with the newest handled `seq` of each stream since its last call
 */
export declare function createAcknowledger(acknowledge: (handled: Seqs) => void): {
    forget: () => void;
    flush: () => void;
    /** Notes that an entry was handled, to be acknowledged within `patience`, in seconds. */
    handled(stream: string, seq: number, patience?: number): void;
};
