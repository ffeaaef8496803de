export type TabLock = ReturnType<typeof createTabLock>;

/**
 * One thing of which only one tab of the browser can have hold at a time. It is free as soon as that tab is gone, however it went.
 *
 * @param changed called when this tab got hold of it or lost it; not for what this tab released
 */
export const createTabLock = (name: string, changed: (isHeld: boolean) => void) => {
  let isHeld = false;
  /** Ends when it is let go of, or the place in the line is. */
  let wanted = new AbortController();

  /** Lets go of it, or of the place in the line. */
  const release = (): void => {
    isHeld = false;
    wanted.abort();
  };

  /** Waits in line for it, from the end of the line; or takes it from whoever has it. */
  const want = (steal = false): void => {
    release();
    const { signal } = (wanted = new AbortController());
    const hold = async (): Promise<void> => {
      if (signal.aborted) return;
      const released = new Promise((resolve) => (signal.onabort = resolve));
      isHeld = true;
      changed(true);
      await released;
    };
    navigator.locks.request(name, steal ? { steal } : { signal }, hold).catch(() => {
      if (signal.aborted) return; // It was released, or wanted anew.
      if (!isHeld) return void hold(); // The platform gives out no locks here: each tab is on its own.
      want();
      changed(false);
    });
  };

  return {
    want,
    release,

    get isHeld() {
      return isHeld;
    },
  };
};
