import type { Seqs } from "./frames.js";

/** At most one acknowledgement in this time, in milliseconds: ten a second, where the server allows 20 frames. */
const INTERVAL = 100;

/**
 * Gathers handled entries into few, cumulative acknowledgements.
 *
 * @param acknowledge called with the newest handled `seq` of each stream since its last call
 */
export function createAcknowledger(acknowledge: (handled: Seqs) => void) {
  let handled: Record<string, number> = {};
  /** When the first of them was handled: hidden pages run timers late. */
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Forgets what was not acknowledged: its connection is gone. */
  const forget = (): void => {
    clearTimeout(timer);
    timer = undefined;
    handled = {};
  };

  /** Acknowledges at once what was handled, if anything was. */
  const flush = (): void => {
    if (!timer) return;
    const done = handled;
    forget();
    acknowledge(done);
  };

  return {
    forget,
    flush,
    handled(stream: string, seq: number): void {
      handled[stream] = seq;
      const now = Date.now();
      if (!timer) {
        since = now;
        timer = setTimeout(flush, INTERVAL);
      } else if (now - since >= INTERVAL) flush();
    },
  };
}
