import type { Cursors } from "./cursors.js";
/** How far a tab has handled each stream. */
export interface Standing {
    readonly epoch: string | null;
    readonly cursors: [stream: string, seq: number][];
}
export declare function standingOf({ epoch, resume }: Cursors): Standing;
/** From where to resume for several tabs: each stream of one's own where the last of the tabs is. */
export declare function lowest(own: Standing, others: readonly Standing[]): Standing["cursors"];
