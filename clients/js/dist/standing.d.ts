/** How far a tab has handled each stream. */
export interface Standing {
    readonly epoch: string | null;
    readonly cursors: readonly (readonly [string, number])[];
}
/** From where to resume for several tabs: each stream of one's own where the last of the tabs is. */
export declare function lowest(own: Standing, others: readonly Standing[]): Map<string, number>;
