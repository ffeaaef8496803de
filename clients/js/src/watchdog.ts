/** How long a pong may take, in milliseconds. */
const PATIENCE = 10_000;

/** How long it may take when there is reason to doubt the connection, in milliseconds. */
const SHORT_PATIENCE = 3_000;

/**
 * Finds connections that are dead without having been closed: after sleep, behind a router that forgot, in a
 * tunnel. It goes by the wall clock, for timers stand still while a laptop sleeps and the clock does not.
 *
 * @param ping sends a ping
 * @param dead called once when no frame followed a ping
 */
export function createWatchdog(ping: () => void, dead: () => void) {
  let interval = 0;
  let heard = 0;
  let isPinged = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const silence = (): number => {
    const passed = Date.now() - heard;
    return passed < 0 ? Infinity : passed; // The clock was set back, so nobody knows how long it has been.
  };

  const wait = (delay: number, then: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(then, delay);
  };

  const stop = (): void => {
    clearTimeout(timer);
    interval = 0;
    isPinged = false;
  };

  const doubt = (patience: number): void => {
    isPinged = true;
    wait(patience, () => {
      stop();
      dead();
    });
    ping();
  };

  const look = (): void => {
    if (silence() >= interval) doubt(PATIENCE);
    else wait(interval - silence(), look);
  };

  return {
    stop,

    /** @param silent milliseconds of silence after which to ping */
    start(silent: number): void {
      stop();
      interval = silent;
      heard = Date.now();
      look();
    },

    /** A frame came: the connection lives. */
    heard(): void {
      heard = Date.now();
      if (!isPinged) return; // The timer finds out by itself; it is not set anew for each frame.
      isPinged = false;
      look();
    },

    /**
     * The page woke, or the network changed: pings at once and waits only shortly.
     *
     * @param always also when something was heard within the interval
     */
    probe(always: boolean): void {
      if (interval > 0 && (always || silence() >= interval)) doubt(SHORT_PATIENCE);
    },
  };
}
