/** Gathers handled entries into few, cumulative acknowledgements. */
export declare class Acknowledger {
    #private;
    /** @param acknowledge called with the newest handled `seq` of each stream since its last call */
    constructor(acknowledge: (handled: ReadonlyMap<string, number>) => void);
    handled(stream: string, seq: number): void;
    /** Acknowledges at once what was handled, if anything was. */
    flush(): void;
    /** Forgets what was not acknowledged: its connection is gone. */
    clear(): void;
}
