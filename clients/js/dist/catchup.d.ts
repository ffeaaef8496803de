import type { Seqs } from "./frames.js";
/** Knows when everything that was stored before a connection began has arrived on it. */
export declare class CatchUp {
    #private;
    /** A connection begins: each stream goes on from its cursor in `streams`, and its newest entry is in `heads`. */
    welcome(streams: Seqs, heads: Seqs): void;
    /** Notes how far a stream has come. */
    reached(stream: string, seq: number): void;
    /** True once for each connection: as soon as nothing is missing. */
    finished(): boolean;
}
