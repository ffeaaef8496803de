/** What is seen in this time, in milliseconds, is told at once. By then it is acknowledged, too, where there are receipts of it. */
const INTERVAL = 1_000;

/** Of more than this what was told is forgotten, and told again when it is seen again. */
const CAPACITY = 1_000;

/**
 * Gathers what the person saw, so that it is told in few frames, and each notification once.
 *
 * @param tell called with the ids of what was seen since its last call
 */
export function createSights(tell: (ids: string[]) => void) {
  const known = new Set<string>();
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Tells at once what waits. */
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting[0]) tell(waiting.splice(0));
  };

  return {
    flush,

    /** These were seen now. */
    add(ids: readonly string[]): void {
      for (const id of ids) {
        if (known.has(id)) continue;
        if (known.size >= CAPACITY) known.clear();
        known.add(id);
        waiting.push(id);
      }
      timer ??= setTimeout(flush, INTERVAL);
    },

    /** Forgets everything: someone else is signed in. */
    forget(): void {
      known.clear();
      waiting = [];
    },
  };
}
