/** How far a tab has handled each stream. */
export interface Standing {
  readonly epoch: string | null;
  readonly cursors: readonly (readonly [string, number])[];
}

/** From where to resume for several tabs: each stream of one's own where the last of the tabs is. */
export function lowest(own: Standing, others: readonly Standing[]): Map<string, number> {
  const cursors = new Map(own.cursors);
  for (const other of others) {
    if (other.epoch !== own.epoch) continue; // Its cursors mean nothing here.
    for (const [stream, seq] of other.cursors) {
      const mine = cursors.get(stream);
      if (mine !== undefined && seq >= 0) cursors.set(stream, Math.min(mine, seq));
    }
  }
  return cursors;
}
