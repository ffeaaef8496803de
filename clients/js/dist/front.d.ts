/** Whether this is the tab that the person looks at: of those that are visible, the one that was focused last. */
export declare class Front {
    #private;
    /** @param changed called when `held` is another than before */
    constructor(name: string, changed: () => void);
    get held(): boolean;
    enter(): void;
    leave(): void;
}
