import type { Seqs } from "./frames.js";

/** At most one acknowledgement in this time, in seconds, unless something else is asked for: ten a second, where the server allows 20 frames. */
const PROMPT = 0.1;

/** With so many handled nobody is patient: the server sends 256 and no more before it hears of them. */
const MANY = 60;

/**
 * Gathers handled entries into few, cumulative acknowledgements.
 *
 * @param acknowledge called with the newest handled `seq` of each stream since its last call
 */
export function createAcknowledger(acknowledge: (handled: Seqs) => void) {
  let handled: Record<string, number> = {};
  let number = 0;
  let due = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Forgets what was not acknowledged: its connection is gone. */
  const forget = (): void => {
    clearTimeout(timer);
    handled = {};
    number = 0;
    due = Infinity;
  };

  /** Acknowledges at once what was handled, if anything was. */
  const flush = (): void => {
    const done = handled;
    if (!number) return;
    forget();
    acknowledge(done);
  };

  return {
    forget,
    flush,
    /** Notes that an entry was handled, to be acknowledged within `patience`, in seconds. */
    handled(stream: string, seq: number, patience = PROMPT): void {
      handled[stream] = seq;
      const now = Date.now();
      due = Math.min(due, now + (++number > MANY ? PROMPT : patience) * 1_000);
      clearTimeout(timer);
      timer = setTimeout(flush, due - now);
      // Hidden pages run timers late.
      if (now >= due) flush();
    },
  };
}
