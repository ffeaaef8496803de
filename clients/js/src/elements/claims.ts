/** Tabs of one browser tell each other what was shown to the person, who is to see it once. */
export class Claims {
  readonly #channel: BroadcastChannel | null;
  readonly #claimed: (ids: ReadonlySet<string>) => void;

  /**
   * @param name the same for all tabs of one person at one service
   * @param claimed is told what another tab showed
   */
  constructor(name: string, claimed: (ids: ReadonlySet<string>) => void) {
    this.#claimed = claimed;
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
    this.#channel?.addEventListener("message", ({ data }) => {
      if (Array.isArray(data)) this.#claimed(new Set(data.filter((each) => typeof each === "string")));
    });
  }

  claim(ids: readonly string[]): void {
    if (ids.length > 0) this.#channel?.postMessage(ids);
  }

  close(): void {
    this.#channel?.close();
  }
}
