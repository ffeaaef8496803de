import type { StateDetail } from "./events.js";
import type { Seqs } from "./frames.js";

interface Arrival {
  /** Every place where the notification came through, as far as it was seen. */
  readonly places: [stream: string, seq: number][];
  isRead: boolean;
}

/**
 * What arrived, and how many notifications are unread. The server's number counts entries up to its `heads`; what came beyond
 * them is added here, each notification once, however many streams it came through. Arrivals are remembered
 * because a count may come that was taken before some of them, or after, and either must add up.
 *
 * @param capacity how many arrivals are remembered
 */
export function createUnread(capacity = 1_000) {
  const arrivals = new Map<string, Arrival>();
  let counted = 0;
  let heads: Record<string, number> = {};

  const isBeyond = ({ places, isRead }: Arrival): boolean =>
    !isRead && places.every(([stream, seq]) => seq > (heads[stream] ?? 0));

  const mark = (ids: readonly string[], isRead: boolean): void => {
    for (const id of ids) {
      const arrival = arrivals.get(id);
      if (arrival) arrival.isRead = isRead;
    }
  };

  return {
    /** The number of unread notifications. */
    get count(): number {
      return counted + [...arrivals.values()].filter(isBeyond).length;
    },

    /** A connection begins: its number holds, and nothing has come beyond it. */
    welcomed(unread: number, newest: Seqs): void {
      mark([...arrivals.keys()], true);
      counted = unread;
      heads = { ...newest };
    },

    /** The server has counted anew. */
    state({ unread, heads: newest, read, unmarked }: StateDetail): void {
      counted = unread;
      // A stream that was joined after the server counted is not among its heads: it keeps the one it joined at.
      Object.assign(heads, newest);
      mark(read, true);
      mark(unmarked, false);
    },

    /** A stream joins the connection at `seq`; a head that is known already stays. */
    follow(stream: string, seq: number): void {
      heads[stream] ??= seq;
    },

    /** An entry arrived. Returns whether it is the first of its notification, as far as is remembered. */
    arrived(stream: string, seq: number, id: string): boolean {
      const known = arrivals.get(id);
      known?.places.push([stream, seq]);
      if (known) return false;
      arrivals.set(id, { places: [[stream, seq]], isRead: false });
      if (arrivals.size > capacity) {
        const [[oldest, arrival]] = arrivals as unknown as Iterable<[string, Arrival]> & [[string, Arrival]];
        // What is forgotten keeps its place in the number until the server counts again.
        if (isBeyond(arrival)) counted += 1;
        arrivals.delete(oldest);
      }
      return true;
    },

    /** Forgets everything: someone else is signed in. */
    forget(): void {
      arrivals.clear();
    },
  };
}
