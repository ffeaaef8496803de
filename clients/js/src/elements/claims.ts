/** Tabs of one browser tell each other what was shown to the person, who is to see it once. */
export class Claims {
  readonly #channel: BroadcastChannel;

  /**
   * @param user whose notifications they are
   * @param claimed is told what another tab showed
   */
  constructor(user: string, claimed: (ids: readonly string[]) => void) {
    this.#channel = new BroadcastChannel(`notifier shown ${user}`);
    this.#channel.onmessage = ({ data }) => claimed(data as readonly string[]);
  }

  claim(ids: readonly string[]): void {
    if (ids.length > 0) this.#channel.postMessage(ids);
  }

  close(): void {
    this.#channel.close();
  }
}
