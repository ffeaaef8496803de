/** Gathers what the person saw, so that it is told in few frames, and each notification once. */
export declare class Sights {
    #private;
    /** @param tell called with the ids of what was seen since its last call */
    constructor(tell: (ids: readonly string[]) => void);
    /** These were seen now. What was seen before is not told again. */
    add(ids: readonly string[]): void;
    /** There is a connection: what waits is told soon. */
    open(): void;
    /** The connection is gone: what is seen waits. */
    close(): void;
    /** Tells at once what waits, if anything does and there is a connection. */
    flush(): void;
    /** Forgets everything: someone else is signed in. */
    clear(): void;
}
