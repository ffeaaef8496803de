import { Acknowledger } from "./acknowledger.js";
import { CatchUp } from "./catchup.js";
import type { Cursors } from "./cursors.js";
import { type Where, acks, encode, hello, marks, page, ping } from "./encode.js";
import type { Emit } from "./events.js";
import type { Banner, NotificationFrame, ServerFrame, StateFrame, WelcomeFrame } from "./frames.js";
import { type Command, Outbox } from "./outbox.js";
import { whereabouts } from "./page.js";
import { parseServerFrame } from "./parse.js";
import { RoundTrip } from "./roundtrip.js";
import { Seen } from "./seen.js";
import { Sights } from "./sights.js";
import { type Standing, lowest } from "./standing.js";
import { Unread } from "./unread.js";
import { Watchdog } from "./watchdog.js";

const CLIENT = "notifier.js/0.1.0";

/** What a session asks of the client, which owns the connection. */
export interface SessionListener {
  readonly emit: Emit;
  /** The server welcomed the connection, which speaks for this person. */
  welcomed(user: string): void;
  /** The server accepted a credential that ends at `expires` (UTC, ISO 8601), or never. */
  accepted(expires: string | null): void;
  /** A frame came. Returns whether it is for this page. */
  arrived(frame: ServerFrame, text: string): boolean;
  /** The connection was resumed with the cursors of another person than this one, whom it speaks for: a new one is needed. */
  restart(user: string): void;
  /** The connection is open, and nobody is at its other end. */
  dead(): void;
}

/** What is said on a connection, and what is remembered from one connection to the next. */
export class Session {
  readonly #cursors: Cursors;
  readonly #listener: SessionListener;
  readonly #seen = new Seen();
  readonly #unread = new Unread();
  readonly #outbox = new Outbox();
  readonly #catchUp = new CatchUp();
  readonly #acknowledger = new Acknowledger((handled) => this.#acknowledge(handled));
  readonly #sights = new Sights((ids) => this.#tell(ids));
  readonly #watchdog: Watchdog;
  readonly #roundTrip = new RoundTrip();
  #send: ((text: string) => void) | null = null;
  /** Whether another tab holds the socket: it acknowledges, and it has greeted the server. */
  #follows = false;
  /** The newest welcome, of any connection of this page. */
  #welcomed: WelcomeFrame | null = null;
  #resumed: readonly string[] = [];
  #banner: Banner | null = null;
  /** What the server was told of the page. */
  #told = "";

  constructor(cursors: Cursors, listener: SessionListener) {
    this.#cursors = cursors;
    this.#listener = listener;
    this.#watchdog = new Watchdog(
      () => this.#ping(),
      () => this.#listener.dead(),
    );
  }

  get unread(): number {
    return this.#unread.count;
  }

  /** How far this page has handled each stream, the most important first. */
  get standing(): Standing {
    return { epoch: this.#cursors.epoch, cursors: this.#cursors.resume() };
  }

  /** What a page has to know that joins now, as a welcome; null before the first one. */
  get present(): WelcomeFrame | null {
    if (this.#welcomed === null) return null;
    const { banner: _, ...welcome } = this.#welcomed;
    const streams = Object.fromEntries(this.#cursors.resume());
    const heads = { ...welcome.heads };
    for (const [stream, seq] of Object.entries(streams)) heads[stream] = Math.max(seq, heads[stream] ?? 0);
    return { ...welcome, streams, heads, unread: this.unread, ...(this.#banner === null ? {} : { banner: this.#banner }) };
  }

  /**
   * A connection is open: says hello.
   *
   * @param others how far the other tabs are that this connection is for; it resumes where the last of them is
   */
  begin(send: (text: string) => void, others: readonly Standing[] = []): void {
    this.#send = send;
    this.#follows = false;
    const where = whereabouts();
    this.#told = JSON.stringify(where);
    const frame = hello(lowest(this.standing, others), this.#cursors.epoch, CLIENT, where);
    this.#resumed = Object.keys(frame.resume ?? {});
    send(encode(frame));
  }

  /** Another tab holds the socket: its welcome follows, and what is sent goes to that tab. */
  follow(send: (text: string) => void): void {
    this.#send = send;
    this.#follows = true;
    this.#told = "";
    this.#resumed = [];
  }

  /** The connection is gone. */
  end(): void {
    this.#send = null;
    this.#cursors.save();
    this.#acknowledger.clear();
    this.#watchdog.stop();
    this.#sights.close();
    this.#roundTrip.clear();
    this.#outbox.close();
  }

  /** Stores and acknowledges what was handled so far. */
  save(): void {
    this.#acknowledger.flush();
    this.#sights.flush();
    this.#cursors.save();
  }

  /** Makes sure, soon, that the connection is alive; without `always` only if nothing was heard for a while. */
  probe(always: boolean): void {
    this.#watchdog.probe(always);
  }

  /** Tells the server whether the page is seen, and where it is, if that is news. Of another tab's page it is told where that is. */
  look(where: Where = whereabouts()): void {
    const told = JSON.stringify(where);
    if (this.#send === null || told === this.#told) return;
    this.#told = told;
    this.#send(encode(page(where)));
  }

  /** Turns to this person, if it is another one than before. */
  turnTo(user: string): void {
    if (user === this.#cursors.user) return;
    if (this.#cursors.user !== null) {
      this.#outbox.clear();
      this.#seen.clear();
      this.#sights.clear();
    }
    this.#welcomed = null;
    this.#cursors.switchTo(user);
  }

  command(command: Command): void {
    const isTaken = this.#outbox.push(command);
    if (!isTaken) this.#listener.emit("error", { code: "queue_full", message: "Too much was asked for while offline.", field: "" });
    else if (this.#follows) this.probe(true); // What the other tab does not confirm is asked for again of the next.
  }

  /** The person has these before their eyes; ids that are none of a notification are a TypeError. */
  saw(ids: readonly string[]): void {
    marks("seen", ids); // throws here, where they come from
    this.#sights.add(ids);
  }

  received(text: string): void {
    this.#watchdog.heard();
    let frame: ServerFrame | null;
    try {
      frame = parseServerFrame(text);
    } catch (error) {
      // Going on loses this one frame; coming back would bring the same frame again.
      this.#listener.emit("error", { code: "malformed_frame", message: String(error), field: "" });
      return;
    }
    if (frame !== null && this.#listener.arrived(frame, text)) this.#handle(frame);
  }

  #handle(frame: ServerFrame): void {
    const { emit } = this.#listener;
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "notification":
        return this.#notification(frame);
      case "state":
        return this.#state(frame);
      case "followed":
        this.#cursors.follow(frame.stream, frame.seq);
        this.#unread.follow(frame.stream, frame.seq);
        return emit("followed", frame);
      case "unfollowed":
        this.#cursors.unfollow(frame.stream);
        this.#unread.unfollow(frame.stream);
        emit("unfollowed", frame);
        return this.#reached(frame.stream, Infinity);
      case "reset":
        this.#cursors.reset(frame.stream, frame.seq);
        emit("reset", frame);
        return this.#reached(frame.stream, frame.seq);
      case "refreshed":
        return this.#listener.accepted(frame.expires);
      case "error":
        return emit("error", { code: frame.code, message: frame.message, field: frame.field });
      case "banner": {
        const { text, level, until } = frame;
        return this.#show(text === undefined ? null : { text, level: level ?? "info", until: until ?? null });
      }
      case "pong":
        this.#roundTrip.ponged();
        if (this.#follows && this.#roundTrip.isQuiet) this.#outbox.confirm();
        return;
    }
  }

  #state({ unread, heads, all, read, unmarked = [], archived = [], unarchived = [] }: Omit<StateFrame, "type">): void {
    const detail = { unread, heads, all, read, unmarked, archived, unarchived };
    this.#unread.state(detail);
    this.#listener.emit("state", { ...detail, unread: this.unread });
  }

  /** Tells of a banner, if it is another one than before. */
  #show(banner: Banner | null): void {
    const before = this.#banner;
    const isSame = before?.text === banner?.text && before?.level === banner?.level && before?.until === banner?.until;
    if (isSame) return;
    this.#banner = banner;
    this.#listener.emit("banner", banner);
  }

  #ping(): void {
    if (this.#send === null) return;
    this.#roundTrip.pinged();
    this.#send(encode(ping(this.#roundTrip.last)));
  }

  #welcome(frame: WelcomeFrame): void {
    const { emit } = this.#listener;
    if (frame.user !== this.#cursors.user && this.#isMisled(frame)) {
      this.#listener.restart(frame.user);
      return;
    }
    // A page that joins others begins where they are: what they have shown it need not show.
    this.#cursors.welcome(frame.user, frame.epoch, frame.streams, this.#follows && this.#welcomed === null);
    this.#welcomed = frame;
    if (this.#follows) this.#told = "";
    this.#unread.welcome(frame.unread, frame.heads);
    this.#catchUp.welcome(frame.streams, frame.heads);
    this.#watchdog.start(frame.ping * 1_000);
    this.#listener.accepted(frame.expires);
    const send = this.#send;
    this.#listener.welcomed(frame.user);
    emit("welcome", frame);
    this.#state({ unread: frame.unread, heads: frame.heads, all: false, read: [] });
    this.#show(frame.banner ?? null);
    if (send === null || send !== this.#send) return; // One of the listeners closed the client.
    this.#outbox.open(send, this.#follows);
    this.#sights.open();
    this.#reached("", 0);
  }

  /**
   * Turns to the person who was welcomed, and tells whether the hello was the wrong one for them. Another
   * person's cursors for `everyone` or a topic would skip what this one has not seen, and this one's own may be
   * on this machine. Nothing was acknowledged yet, so it does no harm to begin again with the right ones.
   */
  #isMisled(frame: WelcomeFrame): boolean {
    const borrowed = this.#resumed.some((stream) => Object.hasOwn(frame.streams, stream));
    this.turnTo(frame.user);
    return !this.#follows && (borrowed || this.#cursors.epoch === frame.epoch);
  }

  #notification(frame: NotificationFrame): void {
    const { stream, seq, replayed, notification } = frame;
    if (this.#cursors.isNew(stream, seq)) {
      this.#unread.arrived(stream, seq, notification.id);
      const isFirst = this.#seen.add(notification.id);
      if (isFirst) this.#listener.emit("notification", { stream, seq, replayed, notification });
      this.#cursors.advance(stream, seq);
    }
    if (this.#send === null) {
      this.#cursors.save(); // A listener closed the client: there is nobody to acknowledge it to.
      return;
    }
    if (!this.#follows) this.#acknowledger.handled(stream, seq);
    this.#reached(stream, seq);
  }

  #reached(stream: string, seq: number): void {
    this.#catchUp.reached(stream, seq);
    if (this.#catchUp.finished()) this.#listener.emit("caughtup", null);
  }

  /** Not worth an error where there is no room for it. */
  #tell(ids: readonly string[]): void {
    for (const frame of marks("seen", ids)) this.#outbox.push(frame);
  }

  /** The cursors are stored before the server is told: what is acknowledged is never shown again. */
  #acknowledge(handled: ReadonlyMap<string, number>): void {
    this.#cursors.save();
    for (const frame of acks(handled)) this.#send?.(encode(frame));
  }
}
