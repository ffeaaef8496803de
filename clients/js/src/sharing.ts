import { subjectOf } from "./claims.js";
import { type Front, createFront } from "./front.js";
import { CLOSED, CONNECTING, OPEN } from "./line.js";
import { whereabouts } from "./page.js";
import type { Source, TabSharing } from "./source.js";
import { type Told, type Tabs, createTabs } from "./tabs.js";

/** It is not waited longer, in milliseconds, to hear whose tab this is. */
const IDENTIFYING = 5_000;

/**
 * One socket for the tabs of a browser: the line of a tab that leads opens it, and the lines of the others open a link to that
 * tab, which is as a socket to them. Only tabs of the same person share, at the same address; who that is is asked before, and
 * checked with each welcome. Where tabs cannot find each other, each has its own.
 */
export const sharedTabs: TabSharing = (parts) => {
  const { url, line, session, cursors, emit, options, credential, callApi, openSocket } = parts;
  if (!globalThis.document || !navigator.locks) return line; // There are locks in a secure context only.
  /** How the line stands. */
  let status: Told["status"];
  /** Those of the person whose cursors these are; null while this tab is on its own. */
  let tabs: Tabs | null = null;
  let front: Front | null = null;
  /** Whether the line opened a socket of its own. */
  let isOwn = false;
  /** Where the tabs are that are behind this one, as the leader; it resumes from there. */
  let floor: Record<string, number> = {};
  /** Whether the server was last told of this page. */
  let looked = false;
  let toldFront = "";

  /** Whose tab this is, as far as anyone can tell. */
  const identify = async (): Promise<unknown> => {
    if (credential) return subjectOf(await credential.current());
    return (await callApi("me", "user", AbortSignal.timeout(IDENTIFYING))).user;
  };

  const tellFront = (): void => {
    const detail = { inFront: source.inFront, leads: source.leads };
    const told = JSON.stringify(detail);
    if (told === toldFront) return;
    toldFront = told;
    emit("front", detail);
  };

  const restart = (): void => {
    line.suspend();
    line.connect();
  };

  const leave = (): void => {
    session.restore(tabs?.leave() ?? []);
    front?.leave();
    tabs = front = null;
  };

  /** As the leader: the welcome of a tab that comes late, or how the line stands. */
  const present = (): Told => {
    const { welcomed, banner, unread } = session;
    if (line.readyState !== OPEN || !welcomed) return { status };
    const reached = cursors.resumeFrom();
    const streams = Object.fromEntries(reached);
    const heads = Object.fromEntries(reached.map(([stream, seq]) => [stream, Math.max(seq, welcomed.heads[stream] ?? 0)]));
    return { text: JSON.stringify({ ...welcomed, streams, heads, unread, banner }) };
  };

  /** As the leader: what is answered to a frame of a follower. */
  const asked = (text: string): Told => {
    const { type, ...frame } = JSON.parse(text);
    if (type === "ping") return { text: '{"type":"pong"}' };
    if (type === "hello") {
      const { epoch, resume = {} } = frame;
      const behind = parts.resumeFrom().filter(([stream, seq]) => epoch === cursors.epoch && resume[stream] < seq);
      for (const [stream] of behind) floor[stream] = resume[stream];
      if (behind[0]) restart();
      return present();
    }
    if (type === "connect") line.connect();
    else if (type === "page") session.look(frame);
    else session.command({ type, ...frame });
    return {};
  };

  parts.resumeFrom = () => {
    if (tabs?.leads === false && !session.welcomed) return []; // It begins where the others are.
    return cursors.resumeFrom().map(([stream, seq]) => [stream, Math.min(seq, floor[stream] ?? seq)]);
  };

  /** Asks the leader, if there is one. */
  const hasten = (): void => tabs?.ask({ type: "connect" });

  /** Finds the other tabs of this person. A socket that is open stays until one of them turns out to hold theirs. */
  const share = (whom: string): void => {
    const group = `notifier ${url} ${whom}`;
    tabs = createTabs(group, {
      turned() {
        floor = {};
        if (!tabs!.leads || !isOwn) restart();
        tellFront();
      },
      spoken() {
        if (isOwn) restart();
        else line.connect();
      },
      asked,
    });
    front = createFront(`${group} front`, () => source.look());
  };

  parts.joinTabs = async () => {
    // Without an answer the tab is on its own until the server welcomed it.
    const whom = tabs ? null : (options.user ?? (await identify().catch(() => {})));
    if (tabs || typeof whom !== "string" || line.readyState !== CONNECTING) return;
    session.turnTo(whom);
    share(whom);
  };

  parts.openSocket = (protocols) => {
    session.restore(tabs?.unanswered() ?? []);
    isOwn = !tabs || tabs.leads;
    return isOwn ? openSocket(protocols) : tabs!.openLink();
  };

  const source = {
    __proto__: line, // What it does not do otherwise.

    get leads() {
      return (tabs ? tabs.leads : isOwn) && line.readyState !== CLOSED;
    },

    get inFront() {
      return front ? front.isHeld : line.inFront;
    },

    connect() {
      hasten();
      line.connect();
    },

    close(code, reason) {
      line.close(code, reason);
      leave();
    },

    suspend() {
      line.suspend();
      leave();
    },

    wake(why) {
      if (line.readyState === CONNECTING) hasten();
      line.wake(why);
    },

    /** Tells where the person is, if this is the tab in front, or was until it was hidden. */
    look() {
      const { inFront } = source;
      if (!front || inFront || (looked && document.hidden)) session.look(whereabouts(), !isOwn);
      looked = inFront;
      tellFront();
    },

    arrived(frame, text) {
      if (frame.type === "welcome") {
        if (!tabs || frame.user !== cursors.user) {
          leave();
          share(frame.user);
          hasten();
        }
        floor = {};
      }
      tabs?.tell({ text });
      return true;
    },

    accepted(expires) {
      if (isOwn) line.accepted(expires);
    },

    changed(detail) {
      const isSame = detail.status === status?.status && !detail.code;
      status = detail;
      if (!isSame) emit("status", detail);
      tabs?.tell({ status });
      source.look();
    },
  } as Partial<Source> as Source;
  return source;
};
