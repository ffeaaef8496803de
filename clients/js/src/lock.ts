export type TabLock = ReturnType<typeof createTabLock>;

/**
 * One thing of which only one tab of the browser can have hold at a time. It is free as soon as that tab is gone, however it went.
 *
 * @param changed called when this tab got hold of it or lost it; not for what this tab released
 */
export function createTabLock(name: string, changed: (isHeld: boolean) => void) {
  let wanted: AbortController | null = null;
  let letGo: (() => void) | null = null;

  /** Lets go of it, or of the place in the line. */
  const release = (): void => {
    wanted?.abort();
    letGo?.();
    wanted = letGo = null;
  };

  /** Waits in line for it, from the end of the line; or takes it from whoever has it. */
  const want = (steal = false): void => {
    release();
    const mine = (wanted = new AbortController());
    const hold = (): Promise<void> | undefined => {
      if (mine !== wanted) return undefined;
      const held = new Promise<void>((resolve) => (letGo = resolve));
      changed(true);
      return held;
    };
    navigator.locks.request(name, steal ? { steal } : { signal: mine.signal }, hold).catch(() => {
      if (mine !== wanted) return; // It was released, or wanted anew.
      if (!letGo) return void hold(); // The platform gives out no locks here: each tab is on its own.
      want();
      changed(false);
    });
  };

  return {
    want,
    release,

    get isHeld() {
      return letGo !== null;
    },
  };
}
