/** One thing of which only one tab of the browser can have hold at a time. It is free as soon as that tab is gone, however it went. */
export class TabLock {
  readonly #name: string;
  readonly #changed: (held: boolean) => void;
  #wanted: AbortController | null = null;
  #release: (() => void) | null = null;

  /** @param changed called when this tab got hold of it or lost it; not for what this tab released */
  constructor(name: string, changed: (held: boolean) => void) {
    this.#name = name;
    this.#changed = changed;
  }

  get held(): boolean {
    return this.#release !== null;
  }

  /** Waits in line for it, from the end of the line; or takes it from whoever has it. */
  want(steal = false): void {
    this.release();
    const wanted = new AbortController();
    this.#wanted = wanted;
    const hold = (): Promise<void> | undefined => {
      if (wanted !== this.#wanted) return undefined;
      const held = new Promise<void>((resolve) => {
        this.#release = resolve;
      });
      this.#changed(true);
      return held;
    };
    navigator.locks.request(this.#name, steal ? { steal } : { signal: wanted.signal }, hold).catch(() => {
      if (wanted !== this.#wanted) return; // It was released, or wanted anew.
      if (!this.held) return void hold(); // The platform gives out no locks here: each tab is on its own.
      this.want();
      this.#changed(false);
    });
  }

  /** Lets go of it, or of the place in the line. */
  release(): void {
    const wanted = this.#wanted;
    this.#wanted = null;
    wanted?.abort();
    this.#release?.();
    this.#release = null;
  }

  /** How many others are in the line. */
  async waiting(): Promise<number> {
    const { pending = [] } = await navigator.locks.query();
    return pending.filter(({ name }) => name === this.#name).length;
  }
}
