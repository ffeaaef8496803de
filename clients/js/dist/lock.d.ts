/** One thing of which only one tab of the browser can have hold at a time. It is free as soon as that tab is gone, however it went. */
export declare class TabLock {
    #private;
    /** @param changed called when this tab got hold of it or lost it; not for what this tab released */
    constructor(name: string, changed: (held: boolean) => void);
    get held(): boolean;
    /** Waits in line for it, from the end of the line; or takes it from whoever has it. */
    want(steal?: boolean): void;
    /** Lets go of it, or of the place in the line. */
    release(): void;
    /** How many others are in the line. */
    waiting(): Promise<number>;
}
