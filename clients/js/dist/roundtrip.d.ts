/** How long pings wait for their pongs, which come in the same order. In milliseconds of a clock that is never set. */
export declare class RoundTrip {
    #private;
    /** The newest that was measured, or null. */
    get last(): number | null;
    /** Whether every ping was answered. */
    get isQuiet(): boolean;
    pinged(): void;
    ponged(): void;
    /** Another connection has another round trip. */
    clear(): void;
}
