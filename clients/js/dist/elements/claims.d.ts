/** Tabs of one browser tell each other what was shown to the person, who is to see it once. */
export declare class Claims {
    #private;
    /**
     * @param name the same for all tabs of one person at one service
     * @param claimed is told what another tab showed
     */
    constructor(name: string, claimed: (ids: ReadonlySet<string>) => void);
    claim(ids: readonly string[]): void;
    close(): void;
}
