/** Gives happy-dom the part of an animation that it lacks and the toasts use: its time, which can stand still. Counts with the test's timers. */
class Clock {
  onfinish: (() => void) | null = null;
  #since = 0;
  #left: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(duration: number) {
    this.#left = duration;
    this.play();
  }

  play(): void {
    if (this.#timer !== undefined) return;
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.onfinish?.(), this.#left);
  }

  pause(): void {
    if (this.#timer !== undefined) this.#left -= performance.now() - this.#since;
    this.cancel();
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

Element.prototype.animate = (_keyframes, duration) => new Clock(duration as number) as unknown as Animation;
