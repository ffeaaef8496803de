export type Countdown = ReturnType<typeof createCountdown>;

/**
 * A timer that can stand still: what was left of its time when it was paused is left when it runs again.
 *
 * @param left milliseconds until `done`, once it runs
 * @param done called once
 */
export function createCountdown(left: number, done: () => void) {
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  return (runs: boolean): void => {
    if (runs === (timer !== undefined)) return;
    const now = performance.now();
    if (runs) {
      since = now;
      timer = setTimeout(done, left);
    } else {
      clearTimeout(timer);
      timer = undefined;
      left -= now - since;
    }
  };
}
