/** A timer that can stand still: what was left of its time when it was paused is left when it runs again. */
export class Countdown {
  readonly #done: () => void;
  #left: number;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param duration milliseconds until `done`, once it runs
   * @param done called once
   */
  constructor(duration: number, done: () => void) {
    this.#left = duration;
    this.#done = done;
  }

  run(): void {
    if (this.#timer !== undefined) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#done, this.#left);
  }

  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left = Math.max(0, this.#left - (performance.now() - this.#since));
  }
}
