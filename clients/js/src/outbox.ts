import { MAX_READ_IDS, encode } from "./encode.js";
import type { FollowFrame, MarkFrame, ReadFrame } from "./frames.js";

/** A frame that the page asked for, as opposed to those that keep the connection going. */
export type Command = ReadFrame | MarkFrame | FollowFrame;

/** The server allows 20 frames a second; half of them are left to acknowledgements, pings and tokens. */
const PER_SECOND = 8;

/** What waits beyond this is refused: a page that asks for so much while offline is at fault. */
const CAPACITY = 200;

/**
 * What the page asked for, on its way to the server: in order, at the pace that the server allows, and kept
 * while there is no connection.
 */
export class Outbox {
  #waiting: Command[] = [];
  /** What was sent and may have to be sent again; empty where what is sent is sure to arrive. */
  #unconfirmed: Command[] = [];
  #confirms = false;
  #sent: number[] = [];
  #send: ((text: string) => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Queues a command. Returns false when too many wait already, and it was not taken. */
  push(command: Command): boolean {
    if (!this.#joins(command)) {
      if (this.#waiting.length >= CAPACITY) return false;
      this.#waiting.push(command);
    }
    this.#drain();
    return true;
  }

  /**
   * A connection is there: sends what waits, and from now on what comes.
   *
   * @param confirms whether `confirm` tells what arrived; the rest is then sent again on the next connection
   */
  open(send: (text: string) => void, confirms = false): void {
    this.#send = send;
    this.#confirms = confirms;
    this.#waiting.unshift(...this.#unconfirmed);
    this.#unconfirmed = [];
    this.#sent = []; // The server counts anew for each connection.
    this.#drain();
  }

  /** The connection is gone: what comes waits. */
  close(): void {
    this.#send = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** All that was sent has arrived. */
  confirm(): void {
    this.#unconfirmed = [];
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
    this.#unconfirmed = [];
  }

  /** Ids join the frame before them, if that does the same with its own, waits still and has room. */
  #joins(command: Command): boolean {
    const last = this.#waiting.at(-1);
    if (last?.type !== command.type || !("ids" in command) || !("ids" in last)) return false;
    if (last.ids.length + command.ids.length > MAX_READ_IDS) return false;
    this.#waiting[this.#waiting.length - 1] = { ...command, ids: [...last.ids, ...command.ids] };
    return true;
  }

  #drain(): void {
    if (this.#send === null || this.#timer !== undefined) return;
    const now = Date.now();
    this.#sent = this.#sent.filter((at) => Math.abs(now - at) < 1_000);
    while (this.#waiting.length > 0 && this.#sent.length < PER_SECOND) {
      const command = this.#waiting.shift();
      if (command === undefined) break;
      this.#sent.push(now);
      if (this.#confirms) this.#unconfirmed.push(command);
      this.#send(encode(command));
    }
    if (this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drain();
    }, 1_000 - Math.abs(now - (this.#sent[0] ?? now)));
  }
}
