import { createAcknowledger } from "./acknowledger.js";
import { type Where, commands, hello, parts as partsOf } from "./encode.js";
import type { Banner, ClientFrame, Command, NotificationFrame, ResetFrame, Seqs, ServerFrame, StateFrame, WelcomeFrame } from "./frames.js";
import { createOutbox } from "./outbox.js";
import { whereabouts } from "./page.js";
import { parseServerFrame } from "./parse.js";
import { createSights } from "./sights.js";
import type { Parts } from "./source.js";
import { createUnread } from "./unread.js";
import { createWatchdog } from "./watchdog.js";

const CLIENT = "notifier.js/0.1.0";

/** The longest round trip that the server takes, in milliseconds. */
const MAX_RTT = 600_000;

export type Session = ReturnType<typeof createSession>;

/** What is said on a connection, and what is remembered from one connection to the next. */
export function createSession(parts: Parts) {
  const { cursors, emit, fail } = parts;
  let send: ((text: string) => void) | null = null;
  /** Whether the server welcomed the connection, and takes commands. */
  let isLive = false;
  /** The newest welcome, of any connection of this page. */
  let welcomed: WelcomeFrame | null = null;
  /** The cursors that the hello named, if it named any. */
  let resumed: Seqs | undefined;
  /** The newest entry of each stream that was stored before the connection began and has not arrived; undefined when all has. */
  let missing: [stream: string, head: number][] | undefined;
  let banner: Banner | null = null;
  /** What the server was told of the page. */
  let told = "";
  /** When the ping was sent whose pong is awaited, in milliseconds of a clock that is never set. */
  let pinged: number | null = null;
  /** What the next ping tells of the last one. */
  let roundTrip: { rtt?: number } = {};

  const say = (frame: ClientFrame): void => send?.(JSON.stringify(frame));

  const unread = createUnread();
  const outbox = createOutbox((command) => {
    if (isLive) say(command);
    return isLive;
  });
  // The cursors are stored before the server is told: what is acknowledged is never shown again.
  const acknowledger = createAcknowledger((handled) => {
    cursors.save();
    for (const streams of partsOf(Object.entries(handled))) say({ type: "ack", streams });
  });
  // Not worth an error where there is no room for it.
  const sights = createSights((ids) => outbox.push({ type: "seen", ids }));
  const watchdog = createWatchdog(
    () => {
      pinged ??= performance.now();
      say({ type: "ping", ...roundTrip });
    },
    () => parts.source.dead(),
  );

  /** Turns to this person, if it is another one than before. */
  const turnTo = (user: string): void => {
    if (user === cursors.user) return;
    if (cursors.user !== null) for (const each of [outbox, unread, sights]) each.forget();
    welcomed = null;
    cursors.switchTo(user);
  };

  const tellState = (state: Omit<StateFrame, "type">): void => {
    const detail = { unmarked: [], archived: [], unarchived: [], ...state };
    unread.state(detail);
    emit("state", { ...detail, unread: unread.count });
  };

  /** Tells of a banner, if it is another one than before. */
  const show = (next: Banner | null): void => {
    if (JSON.stringify(next) === JSON.stringify(banner)) return;
    banner = next;
    emit("banner", banner);
  };

  /** Notes how far a stream has come. */
  const reached = (stream: string | undefined, seq: number): void => {
    missing = missing?.filter(([name, head]) => name !== stream || head > seq);
    if (missing?.length !== 0) return;
    missing = undefined;
    emit("caughtup", null);
  };

  const welcome = (frame: WelcomeFrame): void => {
    const { user, epoch, streams, heads, ping, expires } = frame;
    if (user !== cursors.user) {
      turnTo(user);
      // Another person's cursors for `everyone` or a topic would skip what this one has not seen, and this one's own may be
      // on this machine. Nothing was acknowledged yet, so it does no harm to begin again with the right ones.
      if (resumed || cursors.epoch) return parts.source.dead();
    }
    // A page that joins others begins where they are: what they have shown it need not show.
    cursors.welcomed(user, epoch, streams, !resumed && !welcomed);
    welcomed = frame;
    unread.welcomed(frame.unread, heads);
    missing = Object.entries(heads).filter(([stream, head]) => head > (streams[stream] ?? 0));
    watchdog.start(ping * 1_000);
    parts.source.accepted(expires);
    const mine = send;
    parts.source.welcomed();
    emit("welcome", frame);
    tellState({ unread: frame.unread, heads, all: false, read: [] });
    show(frame.banner ?? null);
    if (!mine || send !== mine) return; // One of the listeners closed the client.
    isLive = true;
    outbox.drain();
    reached("", 0);
  };

  const notify = (frame: NotificationFrame): void => {
    const { stream, seq, notification } = frame;
    if (cursors.isNew(stream, seq)) {
      if (unread.arrived(stream, seq, notification.id)) emit("notification", frame);
      cursors.advance(stream, seq);
    }
    if (!send) return cursors.save(); // A listener closed the client: there is nobody to acknowledge it to.
    acknowledger.handled(stream, seq, stream.startsWith("user:") ? undefined : welcomed!.patience);
    reached(stream, seq);
  };

  const handle = (frame: ServerFrame): void => {
    switch (frame.type) {
      case "welcome":
        return welcome(frame);
      case "notification":
        return notify(frame);
      case "state":
        return tellState(frame);
      case "banner":
        const { type, ...next } = frame;
        return show(next.text ? (next as Banner) : null);
      case "refreshed":
        return parts.source.accepted(frame.expires);
      case "pong":
        if (pinged) roundTrip = { rtt: Math.min(Math.round(performance.now() - pinged), MAX_RTT) };
        return void (pinged = null);
      case "followed":
        cursors.follow(frame.stream, frame.seq);
        unread.follow(frame.stream, frame.seq);
        break;
      case "unfollowed":
        cursors.unfollow(frame.stream);
        break;
      case "reset":
        cursors.reset(frame.stream, frame.seq);
    }
    emit(frame.type, frame as never);
    const { stream, seq } = frame as Partial<ResetFrame>;
    reached(stream, seq ?? Infinity);
  };

  return {
    turnTo,
    say,
    restore: outbox.restore,
    probe: watchdog.probe,

    /** Unread notifications. */
    get unread() {
      return unread.count;
    },

    get welcomed() {
      return welcomed;
    },

    get banner() {
      return banner;
    },

    /**
     * A connection is open: says hello.
     *
     * @param resume the cursors to resume from
     */
    begin(to: (text: string) => void, resume: [string, number][]): void {
      send = to;
      const where = whereabouts();
      told = JSON.stringify(where);
      const frame = hello(resume, cursors.epoch, CLIENT, where);
      ({ resume: resumed } = frame);
      say(frame);
    },

    /** The connection is gone. */
    end(): void {
      send = null;
      isLive = false;
      pinged = null;
      roundTrip = {};
      cursors.save();
      acknowledger.forget();
      watchdog.stop();
    },

    /** Stores and acknowledges what was handled so far. */
    save(): void {
      acknowledger.flush();
      sights.flush();
      cursors.save();
    },

    /** Tells the server whether the page is seen, and where it is, if that is news, or `always`. Of another tab's page it is told where that is. */
    look(where: Where = whereabouts(), always = false): void {
      const text = JSON.stringify(where);
      if (!send || (text === told && !always)) return;
      told = text;
      say({ type: "page", ...where });
    },

    /** @throws TypeError for what the server would not take */
    command(command: Command): void {
      if (!outbox.push(command)) fail("queue_full", "Too much waits.");
    },

    /** The person has these before their eyes. @throws TypeError for what is no id of a notification */
    saw(ids: readonly string[]): void {
      commands({ type: "seen", ids });
      sights.add(ids);
    },

    received(text: string): void {
      watchdog.heard();
      let frame: ServerFrame | null;
      try {
        frame = parseServerFrame(text);
      } catch (error) {
        // Going on loses this one frame; coming back would bring the same frame again.
        return fail("malformed_frame", error);
      }
      if (frame && parts.source.arrived(frame, text)) handle(frame);
    },
  };
}
