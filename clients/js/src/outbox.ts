import { MAX_IDS } from "./encode.js";
import type { Command } from "./frames.js";

/** The server allows 20 frames a second; half of them are left to acknowledgements, pings and tokens. */
const PER_SECOND = 8;

/** What waits beyond this is refused: a page that asks for so much while offline is at fault. */
const CAPACITY = 200;

/**
 * What the page asked for, on its way to the server: in order, at the pace that the server allows, and kept
 * while there is no connection.
 *
 * @param send sends one; false where there is no connection, and it waits
 */
export function createOutbox(send: (command: Command) => boolean) {
  let waiting: Command[] = [];
  /** How many were sent within the last second. */
  let sent = 0;

  /** Ids join the frame before them, if that does the same with its own, waits still and has room. */
  const joins = (command: Command): boolean => {
    const last = waiting.at(-1);
    if (last?.type !== command.type || !("ids" in command && "ids" in last)) return false;
    const ids = [...last.ids, ...command.ids];
    if (ids.length > MAX_IDS) return false;
    waiting.splice(-1, 1, { ...command, ids });
    return true;
  };

  /** Sends what can be sent. */
  const drain = (): void => {
    while (sent < PER_SECOND && waiting[0] && send(waiting[0])) {
      waiting.shift();
      sent += 1;
      setTimeout(() => {
        sent -= 1;
        drain();
      }, 1_000);
    }
  };

  return {
    drain,

    /** Queues a command. Returns false when too many wait already, and it was not taken. */
    push(command: Command): boolean {
      if (!joins(command)) {
        if (waiting.length >= CAPACITY) return false;
        waiting.push(command);
      }
      drain();
      return true;
    },

    /** Puts what was sent and has not arrived before all else. It is sent with the next that comes, or by `drain`. */
    restore(commands: readonly Command[]): void {
      waiting.unshift(...commands);
    },

    /** Forgets what waits. */
    clear(): void {
      waiting = [];
    },
  };
}
