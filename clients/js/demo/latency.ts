/** More than these are not waited for: somebody else's are never asked for. */
const MOST = 200;

/** How long notifications take from the button to the page. Both ends are this page, so that no clock has to agree with another. */
export class Latency {
  readonly #sent = new Map<string, number>();
  readonly #arrived = new Map<string, { at: number; show: (milliseconds: number) => void }[]>();

  /** It was sent at that moment; its id is known only when the answer is here, which may be after it arrived. */
  sent(id: string, at: number): void {
    remember(this.#sent, id, at);
    for (const { at: then, show } of this.#arrived.get(id) ?? []) show(then - at);
  }

  /** It arrived now; `show` is called as soon as it is known how long it took, and never if it was not sent here. */
  arrived(id: string, show: (milliseconds: number) => void): void {
    const at = performance.now();
    const sent = this.#sent.get(id);
    if (sent !== undefined) show(at - sent);
    else remember(this.#arrived, id, [...(this.#arrived.get(id) ?? []), { at, show }]);
  }
}

function remember<Value>(map: Map<string, Value>, id: string, value: Value): void {
  map.set(id, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
