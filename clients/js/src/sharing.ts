import { claimsOf } from "./claims.js";
import type { StatusDetail } from "./events.js";
import type { Command } from "./frames.js";
import { type Front, createFront } from "./front.js";
import { CLOSED, CONNECTING, OPEN } from "./line.js";
import type { Source, TabSharing } from "./source.js";
import { lowest, standingOf } from "./standing.js";
import { type Tabs, createTabs } from "./tabs.js";

/** It is not waited longer, in milliseconds, to hear whose tab this is. */
const IDENTIFYING = 5_000;

/** Whether tabs can find each other here: in a page, and only in a secure context. */
function canShare(): boolean {
  return !!(globalThis.document && globalThis.BroadcastChannel && navigator.locks);
}

/**
 * One socket for the tabs of a browser: an own line, or the tab that holds the one socket of all. Only tabs of the same
 * person share, at the same address; who that is is asked before, and checked with each welcome. Where tabs cannot find each other,
 * each has its own.
 */
export const sharedTabs: TabSharing = (parts) => {
  const { url, line, session, cursors, emit, options, credential, api } = parts;
  if (!canShare()) return line;
  const offline: StatusDetail = { status: "offline", code: 0, reason: "", retryIn: null };
  let status = offline;
  /** The person whose tabs these are. */
  let user: string | null = null;
  /** Null while this tab is on its own. */
  let tabs: Tabs | null = null;
  let front: Front | null = null;
  let follows = false;
  /** Whether it is being asked whose tab this is. */
  let isAsking = false;
  /** Whether the server was last told of this page. */
  let looked = false;
  let run = 0;
  let toldFront = "";
  /** What the leader was asked for and may not have done; it is asked for again of the next. */
  let unconfirmed: Command[] = [];
  /** How many pings it has not answered. One follows each command, so that with the last answer all has arrived. */
  let pings = 0;

  /** Whose tab this is, as far as anyone can tell. */
  const identify = async (): Promise<unknown> => {
    if (options.user !== undefined) return options.user;
    return credential ? claimsOf(await credential.current()).sub : (await api("me", "user")).user;
  };

  const say = (detail: StatusDetail): void => {
    const isSame = detail.status === "connecting" && status.status === "connecting";
    status = detail;
    if (!isSame) emit("status", detail);
  };

  const tellFront = (): void => {
    const detail = { inFront: source.inFront, leads: source.leads };
    const told = JSON.stringify(detail);
    if (told === toldFront) return;
    toldFront = told;
    emit("front", detail);
  };

  /** Ends what was heard so far, and hears the leader from now on. */
  const listen = (): void => {
    session.end();
    pings = 0;
    session.begin((text) => {
      const frame = JSON.parse(text);
      if (frame.type === "ack") return; // The leader acknowledges.
      tabs?.ask({ text });
      if (frame.type === "ping") pings += 1;
      else if (frame.type !== "page") {
        unconfirmed.push(frame);
        session.probe(true);
      }
    }, null);
  };

  const leave = (): void => {
    run += 1;
    parts.resume = cursors.resume;
    isAsking = false;
    tabs?.leave();
    front?.leave();
    tabs = front = null;
    if (follows) session.end();
    follows = false;
  };

  /** Finds the other tabs of this person. A socket that is open stays until one of them turns out to hold theirs. */
  const join = (whom: string): void => {
    session.turnTo(whom);
    if (whom !== user) unconfirmed = [];
    user = whom;
    const group = `notifier ${url} ${whom}`;
    tabs = createTabs(group, {
      lead(standings) {
        if (follows) session.end();
        follows = false;
        parts.resume = () => lowest(standingOf(cursors), standings);
        line.connect();
        tellFront();
      },

      follow() {
        if (!follows) line.suspend();
        follows = true;
        listen();
        tellFront();
      },

      standing: () => standingOf(cursors),

      present() {
        const { welcomed, banner, unread } = session;
        if (status.status !== "live" || !welcomed) return { status };
        const { banner: _, ...welcome } = welcomed;
        const streams = Object.fromEntries(cursors.resume());
        const heads = { ...welcome.heads };
        for (const [stream, seq] of cursors.resume()) heads[stream] = Math.max(seq, heads[stream] ?? 0);
        return { status, text: JSON.stringify({ ...welcome, streams, heads, unread, ...(banner && { banner }) }) };
      },

      frame: session.received,

      status(detail) {
        if (detail.status === "live") return; // Its welcome says so.
        listen();
        say(detail);
      },

      asked(text, answer) {
        try {
          const { type, ...frame } = JSON.parse(text);
          if (type === "ping") answer(JSON.stringify({ type: "pong" }));
          else if (type === "page") session.look(frame);
          else session.command({ type, ...frame });
        } catch {
          // What the server would not take is not sent, whatever runs in that tab.
        }
      },

      woken(why) {
        if (why === "connect") line.connect();
        else line.wake(why);
      },
    });
    front = createFront(`${group} front`, () => source.look());
  };

  const source: Source = {
    get readyState() {
      if (!follows && !isAsking && line.readyState !== CLOSED) return line.readyState;
      if (status.status === "live") return OPEN;
      return (tabs || isAsking) && status.status !== "refused" ? CONNECTING : line.readyState;
    },

    get status() {
      return status.status;
    },

    get leads() {
      return !follows && line.readyState !== CLOSED;
    },

    get inFront() {
      return front ? front.isHeld : line.inFront;
    },

    connect() {
      if (follows) return tabs?.ask({ why: "connect" });
      if (isAsking || tabs?.leads === false) return; // It is being found out who leads.
      if (tabs) return line.connect();
      const mine = ++run;
      isAsking = true;
      say({ ...offline, status: "connecting" });
      const decided = (whom?: unknown): void => {
        if (mine !== run) return;
        run += 1;
        isAsking = false;
        // Without an answer the tab is on its own until the server welcomed it.
        if (typeof whom === "string") join(whom);
        else line.connect();
      };
      identify().then(decided, () => decided());
      setTimeout(decided, IDENTIFYING);
    },

    close(code, reason) {
      const wasWaiting = isAsking || follows || (tabs && line.readyState === CLOSED);
      leave();
      if (!wasWaiting) return line.close(code, reason);
      session.end();
      say({ ...offline, code, reason });
    },

    suspend() {
      session.save();
      leave();
      line.suspend();
    },

    wake(why) {
      if (!follows) line.wake(why);
      // A leader that seems alive is looked after by its own page and by this one's watchdog.
      else if (status.status === "live") session.probe(why === "online");
      else tabs?.ask({ why });
    },

    /** Tells where the person is, if this is the tab in front, or was until it was hidden. */
    look() {
      const { inFront } = source;
      if (!front || inFront || (looked && document.hidden)) session.look();
      looked = inFront;
      tellFront();
    },

    arrived(frame, text) {
      if (frame.type === "welcome" && tabs && frame.user !== user) {
        const followed = follows;
        leave();
        if (followed) {
          line.connect();
          return false;
        }
      }
      if (follows) {
        if (frame.type === "pong" && --pings === 0) unconfirmed = [];
      } else if (tabs?.leads && frame.type !== "pong" && frame.type !== "refreshed") {
        tabs.tell({ text });
      }
      return true;
    },

    welcomed(whom) {
      session.restore(unconfirmed.splice(0));
      if (follows) {
        if (status.status !== "live") say({ ...offline, status: "live" });
        source.look();
      } else {
        parts.resume = cursors.resume;
        line.welcomed(whom);
        if (!tabs && line.readyState === OPEN) join(whom);
      }
    },

    accepted(expires) {
      if (!follows) line.accepted(expires);
    },

    restart(whom) {
      line.suspend();
      join(whom); // There may be a tab of theirs.
    },

    dead() {
      if (follows) tabs?.depose();
      else line.dead();
    },

    changed(detail) {
      say(detail);
      if (tabs?.leads) tabs.tell({ status: detail });
      tellFront();
    },
  };
  return source;
};
