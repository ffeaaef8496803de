import type { StatusDetail } from "./events.js";
import { TabLock } from "./lock.js";
import { isObject } from "./parse.js";
import type { Standing } from "./standing.js";

/** Tabs understand each other only if they speak the same version of what follows. */
const VERSION = 1;

/** How long a new leader waits to hear from the others how far they are, in milliseconds. */
const GATHERING = 250;

/** A leader that is not live tells what it does within this time beyond the one that it named, in milliseconds. */
const SILENCE = 30_000;

/** Within this time a leader answers, in milliseconds, or it is not alive. */
const PATIENCE = 3_000;

/** A page asks to connect, the network came back, or a page became visible. */
export type Waking = "connect" | "online" | "visible";

const WAKINGS: readonly Waking[] = ["connect", "online", "visible"];

/** What one tab says to another, or to all without `to`. Each has one of the other parts, an answer to `join` two. */
interface Message {
  readonly from: string;
  readonly to?: string;
  /** From a tab that has no leader, or has just heard of it: how far it is. */
  readonly join?: Standing;
  /** From the leader, when it begins. */
  readonly lead?: true;
  /** From the leader: a frame of the server. To the leader: a frame for the server. */
  readonly text?: string;
  /** From the leader: how the socket stands. */
  readonly status?: StatusDetail;
  /** To the leader: why it is to see whether the socket lives. */
  readonly wake?: Waking;
  /** To the leader: when it was asked, in Unix milliseconds. */
  readonly at?: number;
}

export interface TabsListener {
  /** This tab is to hold the socket from now on; the others have come so far. */
  lead(standings: readonly Standing[]): void;
  /** Another tab holds it. */
  follow(): void;
  /** How far this tab has come. */
  standing(): Standing;
  /** As the leader: what a tab that comes late has to know. */
  present(): { readonly status: StatusDetail; readonly text: string | null };
  /** As a follower: a frame of the server. */
  frame(text: string): void;
  /** As a follower: how the leader's socket stands. */
  status(detail: StatusDetail): void;
  /** As the leader: a follower sent a frame; `answer` is a frame for it alone. */
  asked(text: string, answer: (text: string) => void): void;
  /** As the leader: a follower was woken. */
  woken(why: Waking): void;
}

/** Whether tabs can find each other here: in a page, and only in a secure context. */
export function canShare(): boolean {
  return typeof document !== "undefined" && typeof BroadcastChannel !== "undefined" && !!globalThis.navigator?.locks;
}

/**
 * The tabs of this browser that show the same person's notifications. One of them leads: it holds the socket, and the
 * others live off it. Whoever holds the lock leads; a leader that does not answer loses it to a tab that asked.
 */
export class Tabs {
  readonly #id = crypto.randomUUID();
  readonly #listener: TabsListener;
  readonly #channel: BroadcastChannel;
  readonly #lock: TabLock;
  #leader: string | null = null;
  /** What the others told while this tab waits to lead; null when it does not. */
  #standings: Map<string, Standing> | null = null;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** @param name tells apart what must not be shared: the address, and the person */
  constructor(name: string, listener: TabsListener) {
    this.#listener = listener;
    this.#channel = new BroadcastChannel(`${name} ${VERSION}`);
    this.#channel.onmessage = ({ data }) => {
      if (isMessage(data) && data.from !== this.#id && (data.to ?? this.#id) === this.#id) this.#received(data);
    };
    this.#lock = new TabLock(`${name} ${VERSION}`, (held) => (held ? this.#begin() : this.#resign()));
    this.#lock.want();
    this.#join();
  }

  get leads(): boolean {
    return this.#leader === this.#id;
  }

  /** As the leader: to all. */
  tell(message: { readonly text: string } | { readonly status: StatusDetail }): void {
    this.#post(message);
  }

  /** As a follower: to the leader. */
  ask(message: { readonly text: string } | { readonly wake: Waking }): void {
    if (this.#leader === null) return;
    this.#post({ to: this.#leader, at: Date.now(), ...message });
    if ("wake" in message) this.#expect();
  }

  /** As a follower: the leader is not alive. */
  depose(): void {
    this.#leader = null;
    this.#lock.want(true);
  }

  /** This tab is none of them any more. */
  leave(): void {
    clearTimeout(this.#gathering);
    clearTimeout(this.#patience);
    this.#channel.onmessage = null;
    this.#channel.close();
    this.#lock.release();
  }

  #received(message: Message): void {
    const { from, join, lead, text, status, wake } = message;
    if (lead !== undefined) {
      if (this.#lock.held) this.#lock.want(); // It was taken from this tab while it was frozen.
      this.#standings = null;
      this.#follow(from);
      this.#join();
    } else if (join !== undefined) {
      this.#standings?.set(from, join);
      if (this.leads) this.#post({ to: from, ...this.#present() });
    } else if (this.leads) {
      // It lay there while this tab was frozen: whoever asked has asked another since.
      if (Math.abs(Date.now() - (message.at ?? 0)) > PATIENCE) return;
      if (text !== undefined) this.#listener.asked(text, (answer) => this.#post({ to: from, text: answer }));
      if (wake !== undefined) {
        this.#post({ to: from, status: this.#listener.present().status });
        this.#listener.woken(wake);
      }
    } else if (status !== undefined && message.to !== undefined && this.#leader === null && !this.#lock.held) {
      this.#follow(from);
      this.#heard(message);
    } else if (from === this.#leader) {
      this.#heard(message);
    }
  }

  #present(): { status: StatusDetail; text?: string } {
    const { status, text } = this.#listener.present();
    return { status, ...(text === null ? {} : { text }) };
  }

  /** The leader speaks. */
  #heard({ text, status }: Message): void {
    clearTimeout(this.#patience);
    if (status?.status === "connecting" || status?.retryIn) this.#expect((status.retryIn ?? 0) + SILENCE);
    if (status !== undefined) this.#listener.status(status);
    if (text !== undefined) this.#listener.frame(text);
  }

  #follow(leader: string): void {
    this.#leader = leader;
    this.#listener.follow();
  }

  #join(): void {
    this.#post({ ...(this.#leader === null ? {} : { to: this.#leader }), join: this.#listener.standing() });
    this.#expect();
  }

  /** Something has to come from the leader soon. */
  #expect(within = PATIENCE): void {
    clearTimeout(this.#patience);
    // Not all at the same moment: the first that takes the lock tells the others.
    this.#patience = setTimeout(() => this.depose(), within + Math.random() * GATHERING);
  }

  /** This tab has the lock: it hears from the others how far they are, and leads. */
  #begin(): void {
    clearTimeout(this.#patience);
    this.#leader = null;
    const standings = new Map<string, Standing>();
    this.#standings = standings;
    this.#post({ lead: true });
    const lead = (): void => {
      clearTimeout(this.#gathering);
      if (this.#standings !== standings) return;
      this.#standings = null;
      this.#leader = this.#id;
      this.#listener.lead([...standings.values()]);
      for (const to of standings.keys()) this.#post({ to, ...this.#present() });
    };
    this.#gathering = setTimeout(lead, GATHERING);
    this.#lock.waiting().then(
      (number) => {
        if (number === 0) lead();
      },
      () => {},
    );
  }

  /** The lock was taken from this tab. Who has it now tells so. */
  #resign(): void {
    this.#standings = null;
    this.#leader = null;
    this.#listener.follow();
    this.#expect();
  }

  #post(message: Omit<Message, "from">): void {
    this.#channel.postMessage({ from: this.#id, ...message });
  }
}

function isMessage(value: unknown): value is Message {
  if (!isObject(value)) return false;
  const { from, to, join, lead, text, status, wake, at } = value;
  return (
    typeof from === "string" &&
    (to === undefined || typeof to === "string") &&
    (join === undefined || isStanding(join)) &&
    (lead === undefined || lead === true) &&
    (text === undefined || typeof text === "string") &&
    (status === undefined || isStatus(status)) &&
    (at === undefined || typeof at === "number") &&
    (wake === undefined || WAKINGS.includes(wake as Waking))
  );
}

function isStanding(value: unknown): value is Standing {
  if (!isObject(value)) return false;
  const { epoch, cursors } = value;
  return (
    (epoch === null || typeof epoch === "string") &&
    Array.isArray(cursors) &&
    cursors.every((each) => Array.isArray(each) && typeof each[0] === "string" && Number.isSafeInteger(each[1]))
  );
}

function isStatus(value: unknown): value is StatusDetail {
  if (!isObject(value)) return false;
  const { status, code, reason, retryIn } = value;
  return (
    ["connecting", "live", "offline", "refused"].includes(status as string) &&
    typeof code === "number" &&
    typeof reason === "string" &&
    (retryIn === null || typeof retryIn === "number")
  );
}
