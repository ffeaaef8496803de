import { commands } from "./encode.js";
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

    /**
     * Queues a command, in as many frames as it takes. Returns false when too many wait already, and it was not taken.
     *
     * @throws TypeError for what the server would not take
     */
    push(command: Command): boolean {
      const last = waiting.at(-1);
      // Ids join those before them, if the same is done with them.
      const ids = "ids" in command && last?.type === command.type && "ids" in last ? [...last.ids, ...command.ids] : null;
      const frames = commands(ids ? ({ ...command, ids } as Command) : command);
      if (waiting.length + frames.length > CAPACITY) return false;
      waiting.splice(waiting.length - (ids ? 1 : 0), 1, ...frames);
      drain();
      return true;
    },

    /** Puts what was sent and has not arrived before all else. It is sent with the next that comes, or by `drain`. */
    restore(commands: readonly Command[]): void {
      waiting.unshift(...commands);
    },

    /** Forgets what waits. */
    forget(): void {
      waiting = [];
    },
  };
}
