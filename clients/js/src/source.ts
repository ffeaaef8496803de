import type { Emit, Status, StatusDetail } from "./events.js";
import type { ServerFrame } from "./frames.js";
import { Front } from "./front.js";
import { Line, type LineOptions, ReadyState } from "./line.js";
import { readAsked } from "./relay.js";
import type { Session, SessionListener } from "./session.js";
import type { Standing } from "./standing.js";
import { Tabs, type TabsListener, type Waking, canShare } from "./tabs.js";

export interface SourceOptions extends Omit<LineOptions, "changed" | "session"> {
  /** Whether tabs may share a socket. */
  readonly shared: boolean;
  /** Asks whom the credential speaks for. */
  identify(): Promise<string>;
}

/** It is not waited longer, in milliseconds, to hear whose tab this is. */
const IDENTIFYING = 5_000;

/** Frames of these types are between the server and the tab that holds the socket. */
const PRIVATE: readonly ServerFrame["type"][] = ["pong", "refreshed"];

/**
 * Where frames come from: a socket of this tab's own, or the tab that holds the one socket of all. Only tabs of the same
 * person share, at the same address; who that is is asked before, and checked with each welcome.
 */
export class Source implements SessionListener, TabsListener {
  readonly #options: SourceOptions;
  readonly #shares: boolean;
  #session!: Session;
  #line!: Line;
  #status: StatusDetail = { status: "offline", code: 0, reason: "", retryIn: null };
  /** The person whose tabs these are, and null while this tab is on its own. */
  #user: string | null = null;
  #tabs: Tabs | null = null;
  #front: Front | null = null;
  #follows = false;
  /** Whether it is being asked whose tab this is. */
  #asking = false;
  /** Whether the server was last told of this page. */
  #looked = false;
  #run = 0;
  #toldFront = "";

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#shares = options.shared && canShare();
  }

  /** The session that handles the frames. Once, at the beginning. */
  serve(session: Session): void {
    this.#session = session;
    this.#line = new Line({ ...this.#options, session, changed: (detail) => this.#lineChanged(detail) });
  }

  get emit(): Emit {
    return this.#options.emit;
  }

  get readyState(): number {
    if (!this.#follows && !this.#asking && this.#line.readyState !== ReadyState.closed) return this.#line.readyState;
    const { status } = this.#status;
    if (status === "live") return ReadyState.open;
    return this.#tabs === null && !this.#asking ? this.#line.readyState : status === "refused" ? ReadyState.closed : ReadyState.connecting;
  }

  get currentStatus(): Status {
    return this.#status.status;
  }

  /** Whether this tab holds the socket. */
  get leads(): boolean {
    return !this.#follows && (!this.#shares || this.#line.readyState !== ReadyState.closed);
  }

  /** Whether this is the tab that the person looks at. */
  get inFront(): boolean {
    if (this.#front !== null) return this.#front.held;
    return typeof document === "undefined" || document.visibilityState === "visible";
  }

  connect(): void {
    if (this.#follows) return this.#tabs?.ask({ wake: "connect" });
    if (this.#asking) return;
    if (this.#tabs?.leads === false) return; // It is being found out who leads.
    if (!this.#shares || this.#tabs !== null) return this.#line.open();
    const run = ++this.#run;
    this.#asking = true;
    this.#say({ status: "connecting", code: 0, reason: "", retryIn: null });
    const decided = (user: string | null): void => {
      if (run !== this.#run) return;
      this.#run += 1;
      this.#asking = false;
      if (user === null) this.#line.open();
      else this.#join(user);
    };
    // Without an answer the tab is on its own until the server welcomed it.
    this.#options.identify().then(decided, () => decided(null));
    setTimeout(() => decided(null), IDENTIFYING);
  }

  close(code: number, reason: string): void {
    const wasWaiting = this.#asking || this.#follows || (this.#tabs !== null && this.#line.readyState === ReadyState.closed);
    this.#leave();
    if (!wasWaiting) return this.#line.close(code, reason);
    this.#session.end();
    this.#say({ status: "offline", code, reason, retryIn: null });
  }

  /** The page is left: another tab has the socket from now on. */
  suspend(): void {
    if (!this.#shares) return;
    this.#leave();
    this.#line.drop();
  }

  wake(why: Waking): void {
    if (!this.#follows) return this.#line.wake(why === "online");
    // A leader that seems alive is looked after by its own page and by this one's watchdog.
    if (this.#status.status === "live") this.#session.probe(why === "online");
    else this.#tabs?.ask({ wake: why });
  }

  /** Tells the server where the person is, if this is the tab in front, or was until it was hidden. */
  look(): void {
    const { inFront } = this;
    const wasInFront = this.#looked && document.visibilityState === "hidden";
    if (this.#front === null || inFront || wasInFront) this.#session.look();
    this.#looked = inFront;
    this.#tellFront();
  }

  // -------------------------------------------------------------- from the session

  arrived(frame: ServerFrame, text: string): boolean {
    const isStranger = frame.type === "welcome" && this.#tabs !== null && frame.user !== this.#user;
    if (isStranger) {
      const followed = this.#follows;
      this.#leave();
      if (followed) {
        this.#line.open();
        return false;
      }
    }
    if (this.#tabs?.leads === true && !PRIVATE.includes(frame.type)) this.#tabs.tell({ text });
    return true;
  }

  welcomed(user: string): void {
    if (this.#follows) {
      if (this.#status.status !== "live") this.#say({ status: "live", code: 0, reason: "", retryIn: null });
      this.look();
      return;
    }
    this.#line.welcomed();
    if (this.#shares && this.#tabs === null && this.#line.readyState === ReadyState.open) this.#join(user);
  }

  accepted(expires: string | null): void {
    if (!this.#follows) this.#line.accepted(expires);
  }

  restart(user: string): void {
    if (!this.#shares) return this.#line.restart("Someone else is signed in.");
    this.#line.drop();
    this.#join(user); // There may be a tab of theirs.
  }

  dead(): void {
    if (this.#follows) this.#tabs?.depose();
    else this.#line.restart("The server was not heard from.");
  }

  // -------------------------------------------------------------- from the tabs

  lead(standings: readonly Standing[]): void {
    if (this.#follows) this.#session.end();
    this.#follows = false;
    this.#line.open(standings);
    this.#tellFront();
  }

  follow(): void {
    if (!this.#follows) this.#line.drop();
    this.#follows = true;
    this.#listen();
    this.#tellFront();
  }

  standing(): Standing {
    return this.#session.standing;
  }

  present(): { status: StatusDetail; text: string | null } {
    const welcome = this.#status.status === "live" ? this.#session.present : null;
    return { status: this.#status, text: welcome === null ? null : JSON.stringify(welcome) };
  }

  frame(text: string): void {
    this.#session.received(text);
  }

  status(detail: StatusDetail): void {
    if (detail.status === "live") return; // Its welcome says so.
    this.#listen();
    this.#say(detail);
  }

  asked(text: string, answer: (text: string) => void): void {
    const asked = readAsked(text);
    switch (asked?.kind) {
      case "commands":
        return asked.commands.forEach((command) => this.#session.command(command));
      case "page":
        return this.#session.look(asked.where);
      case "ping":
        return answer(JSON.stringify({ type: "pong" }));
    }
  }

  woken(why: Waking): void {
    if (why === "connect") this.#line.open();
    else this.#line.wake(why === "online");
  }

  // -------------------------------------------------------------- inside

  /** Finds the other tabs of this person. A socket that is open stays until one of them turns out to hold theirs. */
  #join(user: string): void {
    this.#session.turnTo(user);
    this.#user = user;
    const name = `notifier ${this.#options.url} ${user}`;
    this.#tabs = new Tabs(name, this);
    this.#front = new Front(`${name} front`, () => this.look());
    this.#front.enter();
  }

  #leave(): void {
    this.#run += 1;
    this.#asking = false;
    this.#tabs?.leave();
    this.#front?.leave();
    this.#tabs = this.#front = null;
    if (this.#follows) this.#session.end();
    this.#follows = false;
  }

  /** Ends what was heard so far, and hears the leader from now on. */
  #listen(): void {
    this.#session.end();
    this.#session.follow((text) => this.#tabs?.ask({ text }));
  }

  #lineChanged(detail: StatusDetail): void {
    this.#say(detail);
    if (this.#tabs?.leads === true) this.#tabs.tell({ status: detail });
    this.#tellFront();
  }

  #say(detail: StatusDetail): void {
    const isSame = detail.status === "connecting" && this.#status.status === "connecting";
    this.#status = detail;
    if (!isSame) this.emit("status", detail);
  }

  #tellFront(): void {
    const detail = { inFront: this.inFront, leads: this.leads };
    const told = JSON.stringify(detail);
    if (told === this.#toldFront) return;
    this.#toldFront = told;
    this.emit("front", detail);
  }
}
