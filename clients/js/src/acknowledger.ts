import type { Seqs } from "./frames.js";

/** At most one acknowledgement in this time, in milliseconds: ten a second, where the server allows 20 frames. */
const INTERVAL = 100;

/** So many handled entries are not made to wait for the timer, which hidden pages run only once a second. */
const BATCH = 100;

/**
 * Gathers handled entries into few, cumulative acknowledgements.
 *
 * @param acknowledge called with the newest handled `seq` of each stream since its last call
 */
export function createAcknowledger(acknowledge: (handled: Seqs) => void) {
  let handled: Record<string, number> = {};
  let count = 0;
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Forgets what was not acknowledged: its connection is gone. */
  const clear = (): void => {
    clearTimeout(timer);
    timer = undefined;
    handled = {};
    count = 0;
  };

  /** Acknowledges at once what was handled, if anything was. */
  const flush = (): void => {
    if (count === 0) return;
    const done = handled;
    clear();
    last = Date.now();
    acknowledge(done);
  };

  return {
    clear,
    flush,
    handled(stream: string, seq: number): void {
      handled[stream] = seq;
      count += 1;
      // A clock that was set back must not hold the acknowledgement up.
      if (count >= BATCH && Math.abs(Date.now() - last) >= INTERVAL) flush();
      else timer ??= setTimeout(flush, INTERVAL);
    },
  };
}
