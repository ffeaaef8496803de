import type { StatusDetail } from "./events.js";
import { createTabLock } from "./lock.js";
import type { Waking } from "./source.js";
import type { Standing } from "./standing.js";

/** Tabs understand each other only if they speak the same version of what follows. */
const VERSION = 1;

/** How long a new leader waits to hear from the others how far they are, in milliseconds. */
const GATHERING = 250;

/** A leader that is not live tells what it does within this time beyond the one that it named, in milliseconds. */
const SILENCE = 30_000;

/** Within this time a leader answers, in milliseconds, or it is not alive. */
const PATIENCE = 3_000;

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
  readonly why?: Waking;
  /** To the leader: when it was asked, in Unix milliseconds. */
  readonly at?: number;
}

/** What the leader says of the socket; `text` is the welcome of a tab that comes late. */
interface Present {
  readonly status: StatusDetail;
  readonly text?: string;
}

export interface TabsListener {
  /** This tab is to hold the socket from now on; the others have come so far. */
  lead(standings: readonly Standing[]): void;
  /** Another tab holds it. */
  follow(): void;
  /** How far this tab has come. */
  standing(): Standing;
  /** As the leader: what a tab that comes late has to know. */
  present(): Present;
  /** As a follower: a frame of the server. */
  frame(text: string): void;
  /** As a follower: how the leader's socket stands. */
  status(detail: StatusDetail): void;
  /** As the leader: a follower sent a frame; `answer` is a frame for it alone. */
  asked(text: string, answer: (text: string) => void): void;
  /** As the leader: a follower was woken. */
  woken(why: Waking): void;
}

export type Tabs = ReturnType<typeof createTabs>;

/**
 * The tabs of this browser that show the same person's notifications. One of them leads: it holds the socket, and the
 * others live off it. Whoever holds the lock leads; a leader that does not answer loses it to a tab that asked.
 *
 * @param group tells apart what must not be shared: the address, and the person
 */
export function createTabs(group: string, listener: TabsListener) {
  const name = `${group} ${VERSION}`;
  const me = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  let leader: string | null = null;
  /** What the others told while this tab waits to lead; null when it does not. */
  let standings: Map<string, Standing> | null = null;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;

  const post = (message: Omit<Message, "from">): void => channel.postMessage({ from: me, ...message });

  /** The leader is not alive. */
  const depose = (): void => {
    leader = null;
    lock.want(true);
  };

  /** Something has to come from the leader soon. */
  const expect = (within = PATIENCE): void => {
    clearTimeout(patience);
    // Not all at the same moment: the first that takes the lock tells the others.
    patience = setTimeout(depose, within + Math.random() * GATHERING);
  };

  const join = (): void => {
    post({ ...(leader !== null && { to: leader }), join: listener.standing() });
    expect();
  };

  const follow = (whom: string): void => {
    leader = whom;
    listener.follow();
  };

  /** The leader speaks. */
  const heard = ({ text, status }: Message): void => {
    clearTimeout(patience);
    if (status) {
      if (status.status === "connecting" || status.retryIn) expect((status.retryIn ?? 0) + SILENCE);
      listener.status(status);
    }
    if (text) listener.frame(text);
  };

  const received = (message: Message): void => {
    const { from, to, text, status, why } = message;
    if (message.lead) {
      if (lock.isHeld) lock.want(); // It was taken from this tab while it was frozen.
      standings = null;
      follow(from);
      join();
    } else if (message.join) {
      standings?.set(from, message.join);
      if (leader === me) post({ to: from, ...listener.present() });
    } else if (leader === me) {
      // It lay there while this tab was frozen: whoever asked has asked another since.
      if (!(Math.abs(Date.now() - message.at!) <= PATIENCE)) return;
      if (text) listener.asked(text, (answer) => post({ to: from, text: answer }));
      if (why) {
        post({ to: from, status: listener.present().status });
        listener.woken(why);
      }
    } else {
      if (leader === null && status && to && !lock.isHeld) follow(from);
      if (leader === from) heard(message);
    }
  };

  /** This tab has the lock: it hears from the others how far they are, and leads. */
  const begin = (): void => {
    clearTimeout(patience);
    leader = null;
    const told = (standings = new Map<string, Standing>());
    post({ lead: true });
    const lead = (): void => {
      if (standings !== told) return;
      standings = null;
      leader = me;
      listener.lead([...told.values()]);
      for (const to of told.keys()) post({ to, ...listener.present() });
    };
    gathering = setTimeout(lead, GATHERING);
    lock.waiting().then((number) => number === 0 && lead(), () => {});
  };

  const lock = createTabLock(name, (isHeld) => {
    if (isHeld) return begin();
    // The lock was taken from this tab. Who has it now tells so.
    standings = leader = null;
    listener.follow();
    expect();
  });

  channel.onmessage = ({ data }) => {
    if (data?.from && data.from !== me && (data.to ?? me) === me) received(data);
  };
  lock.want();
  join();

  return {
    depose,

    get leads() {
      return leader === me;
    },

    /** As the leader: to all. */
    tell: (message: { readonly text: string } | { readonly status: StatusDetail }): void => post(message),

    /** As a follower: to the leader. */
    ask(message: { readonly text: string } | { readonly why: Waking }): void {
      if (leader === null) return;
      post({ to: leader, at: Date.now(), ...message });
      if ("why" in message) expect();
    },

    /** This tab is none of them any more. */
    leave(): void {
      clearTimeout(gathering);
      clearTimeout(patience);
      standings = null;
      channel.onmessage = null;
      channel.close();
      lock.release();
    },
  };
}
