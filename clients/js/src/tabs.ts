import type { StatusDetail } from "./events.js";
import type { Command } from "./frames.js";
import { createTabLock } from "./lock.js";
import type { SocketLike } from "./options.js";

/** Tabs understand each other only if they speak the same version of what follows. */
const VERSION = 2;

/** Within this time a leader answers, in milliseconds, or it is not alive. Shorter than a line waits for its pong. */
const PATIENCE = 2_500;

/** Not all depose it at the same moment, but within this time, in milliseconds: the first that does tells the others. */
const SPREAD = 250;

/** What the leader tells. */
export interface Told {
  /** A frame of the server. */
  readonly text?: string;
  /** How its line stands. */
  readonly status?: StatusDetail | undefined;
}

/** What one tab says to the others. The leader tells all, or answers one. */
interface Message extends Told {
  readonly from: number;
  /** Whom it answers. */
  readonly to?: number;
  /** From the leader, when it begins. */
  readonly lead?: true;
  /** To the leader: a frame for the server, `{"type": "connect"}` to have it connect. It answers each. */
  readonly ask?: string;
  /** When it was asked, in Unix milliseconds. */
  readonly at?: number;
}

export interface TabsListener {
  /** This tab leads from now on, or another one does: what is connected is to connect anew. */
  turned(): void;
  /** There is a leader, and this tab has no link to it. */
  spoken(): void;
  /** As the leader: a follower sent a frame. Returns the answer. @throws for what the server would not take */
  asked(text: string): Told;
}

export type Tabs = ReturnType<typeof createTabs>;

/**
 * The tabs of this browser that show the same person's notifications. One of them leads: it holds the socket, and the
 * others have a link to it. Whoever holds the lock leads; a leader that does not answer loses it to a tab that asked.
 *
 * @param group tells apart what must not be shared: the address, and the person
 */
export function createTabs(group: string, { turned, spoken, asked }: TabsListener) {
  const name = `${group} ${VERSION}`;
  const me = Math.random();
  const channel = new BroadcastChannel(name);
  let leads = false;
  let leader: number | undefined;
  /** What the line listens to; null while it has no link. */
  let link: Partial<Record<string, (event: unknown) => void>> | null = null;
  /** What the leader was asked and has not answered. */
  let waiting: { readonly type: string }[] = [];
  let patience: ReturnType<typeof setTimeout> | undefined;

  const post = (message: Omit<Message, "from">): void => channel.postMessage({ from: me, ...message });

  const turn = (isHeld: boolean, by?: number): void => {
    clearTimeout(patience);
    leads = isHeld;
    leader = by;
    if (leads) post({ lead: true });
    turned();
  };

  const lock = createTabLock(name, (isHeld) => turn(isHeld));

  const ask = (frame: { readonly type: string }): void => {
    if (leads) return;
    waiting.push(frame);
    post({ ask: JSON.stringify(frame), at: Date.now() });
    clearTimeout(patience);
    patience = setTimeout(() => lock.want(true), PATIENCE + Math.random() * SPREAD);
  };

  const answer = (text: string): Told => {
    try {
      return asked(text);
    } catch {
      return {}; // What the server would not take is not sent, whatever runs in that tab.
    }
  };

  /** The leader speaks. */
  const heard = ({ text, status }: Message): void => {
    if (["offline", "refused"].includes(status?.status!)) link?.["close"]?.(status);
    else if (!link) spoken();
    else if (text) link["message"]?.({ data: text });
  };

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (!data?.from || (data.to ?? me) !== me) return;
    const { from, to, lead, ask, at } = data;
    if (lead) {
      if (lock.isHeld) lock.want(); // It was taken from this tab while it was frozen.
      turn(false, from);
    } else if (ask) {
      // What lay there while this tab was frozen was asked of another since.
      if (leads && Math.abs(Date.now() - at!) <= PATIENCE) post({ to: from, ...answer(ask) });
    } else if (!leads && (leader ??= to && from) === from) {
      clearTimeout(patience);
      if (to) waiting.shift();
      heard(data);
    }
  };
  lock.want();

  /** Takes the commands that may not have arrived: neither hello, ping, page nor connect. */
  const unanswered = (): Command[] => waiting.splice(0).filter(({ type }) => !/^[hpc]/.test(type)) as Command[];

  return {
    ask,
    unanswered,

    get leads() {
      return leads;
    },

    /** A link to the leader. */
    openLink(): SocketLike {
      const mine: typeof link = (link = {});
      queueMicrotask(() => mine["open"]?.({}));
      return {
        readyState: 0,
        send(text) {
          const frame = JSON.parse(text);
          if (frame.type !== "ack") ask(frame); // The leader acknowledges.
        },
        close(code = 1000, reason = "") {
          if (link === mine) link = null;
          queueMicrotask(() => mine["close"]?.({ code, reason }));
        },
        addEventListener: (type, listener) => (mine[type] = listener),
      };
    },

    /** As the leader: to all. */
    tell(told: Told): void {
      if (leads) post(told);
    },

    /** This tab is none of them any more. Returns the commands that may not have arrived. */
    leave(): Command[] {
      clearTimeout(patience);
      channel.close();
      lock.release();
      return unanswered();
    },
  };
}
