import type { Cursors } from "./cursors.js";

/** How far a tab has handled each stream. */
export interface Standing {
  readonly epoch: string | null;
  readonly cursors: [stream: string, seq: number][];
}

export function standingOf({ epoch, resume }: Cursors): Standing {
  return { epoch, cursors: resume() };
}

/** From where to resume for several tabs: each stream of one's own where the last of the tabs is. */
export function lowest(own: Standing, others: readonly Standing[]): Standing["cursors"] {
  const comparable = others.filter(({ epoch }) => epoch === own.epoch).flatMap(({ cursors }) => cursors);
  return own.cursors.map(([stream, seq]) => {
    const theirs = comparable.filter(([name, each]) => name === stream && each >= 0).map(([, each]) => each);
    return [stream, Math.min(seq, ...theirs)];
  });
}
