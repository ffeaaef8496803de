/** Tabs of one browser tell each other what was shown to the person, who is to see it once. */
export declare class Claims {
    #private;
    /**
     * @param user whose notifications they are
     * @param claimed is told what another tab showed
     */
    constructor(user: string, claimed: (ids: readonly string[]) => void);
    claim(ids: readonly string[]): void;
    close(): void;
}
