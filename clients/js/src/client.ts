import { backoff } from "./backoff.js";
import { CloseCode, closeReason, isRefusal } from "./closecodes.js";
import { Connection, type SocketConstructor } from "./connection.js";
import { Credential } from "./credential.js";
import { Cursors } from "./cursors.js";
import { encode, follow, marks, readAll, reads, refresh, unfollow } from "./encode.js";
import { type Emit, NotifierEventTarget, type Status } from "./events.js";
import type { MarkFrame } from "./frames.js";
import { type NotifierOptions, apiAddress, cursorStorage, socketAddress, socketConstructor } from "./options.js";
import { watchPage } from "./page.js";
import { type InboxPage, type InboxQuery, Rest } from "./rest.js";
import { Session } from "./session.js";

/** From the begin of an attempt to the welcome, in milliseconds; what takes longer is tried again. */
const OPENING = 20_000;

/** A connection that lived as long, in milliseconds, makes the next wait short again. */
const STABLE = 10_000;

/** Attempts that count as failed after "too many frames": the server asks to come back later, not soon. */
const RATE_ATTEMPTS = 3;

/**
 * One person's notifications over one WebSocket, which is kept open: it comes back after whatever closed it,
 * goes on where each stream was left, and shows each notification once.
 *
 * @example
 * const client = new NotifierClient({ url: "/ws/notifications/" });
 * client.addEventListener("notification", ({ detail }) => console.log(detail.notification.title));
 * client.connect();
 */
export class NotifierClient extends NotifierEventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;

  readonly #url: string;
  readonly #Socket: SocketConstructor;
  readonly #credential: Credential | null;
  readonly #api: Rest;
  readonly #cursors: Cursors;
  readonly #session: Session;

  #readyState: number = NotifierClient.CLOSED;
  #status: Status = "offline";
  #connection: Connection | null = null;
  #attempt = 0;
  /** Changes with each attempt, so that a token which comes late for an earlier one is left alone. */
  #run = 0;
  #welcomed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | null = null;

  /** @throws TypeError when the address is none for a WebSocket, or the platform has no WebSocket */
  constructor(options: NotifierOptions) {
    super();
    this.#url = socketAddress(options.url);
    this.#Socket = socketConstructor(options);
    this.#credential = options.getToken === undefined ? null : new Credential(options.getToken);
    this.#api = new Rest(apiAddress(options, this.#url), this.#credential);
    this.#cursors = new Cursors(cursorStorage(options), this.#url, options.user ?? null);
    this.#session = new Session(this.#cursors, {
      emit: this.#emit,
      welcomed: () => this.#live(),
      accepted: (expires) => this.#credential?.accepted(expires, () => this.#refresh()),
      restart: () => this.#lost(0, "Someone else is signed in."),
      dead: () => this.#lost(0, "The server was not heard from."),
    });
  }

  /** 0 to 3, as a WebSocket's; OPEN (1) from the welcome on, and CONNECTING (0) also while waiting to come back. */
  get readyState(): number {
    return this.#readyState;
  }

  get status(): Status {
    return this.#status;
  }

  /** The recipient, or null before anyone was welcomed at this address. */
  get user(): string | null {
    return this.#cursors.user;
  }

  /** Unread notifications; 0 before the first welcome. */
  get unread(): number {
    return this.#session.unread;
  }

  /** Connects, and from then on comes back by itself. Hastens a planned attempt; does nothing while one is under way. */
  connect(): void {
    if (this.#status === "connecting" || this.#status === "live") {
      if (this.#readyState !== NotifierClient.CLOSING) return;
      this.#stop();
    }
    this.#unwatch ??= watchPage({
      online: () => this.#wake(true),
      offline: () => this.#session.probe(true),
      visible: () => {
        this.#session.look();
        this.#wake(false);
      },
      leaving: () => {
        this.#session.save();
        this.#session.look();
      },
    });
    this.#attempt = 0;
    this.#open();
  }

  /**
   * Closes, and stays closed until `connect()`.
   *
   * @param code 1000, or 3000 to 4999
   */
  close(code = 1000, reason = ""): void {
    if (this.#readyState === NotifierClient.CLOSED || this.#readyState === NotifierClient.CLOSING) return;
    this.#rest();
    this.#session.save();
    if (this.#connection === null) {
      this.#stop();
      this.#closed("offline", code, reason);
      return;
    }
    this.#connection.close(code, reason);
    this.#readyState = NotifierClient.CLOSING;
    this.#quiet();
  }

  /**
   * Follows a topic, for the person, on every device. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no topic
   */
  follow(topic: string): void {
    this.#session.command(follow(topic));
  }

  /**
   * Ends following a topic. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no topic
   */
  unfollow(topic: string): void {
    this.#session.command(unfollow(topic));
  }

  /** A page of the inbox, newest first, with the credential of the socket. @throws InboxError */
  inbox(query: InboxQuery = {}): Promise<InboxPage> {
    return this.#api.inbox(query);
  }

  /**
   * Marks notifications as read; a `state` event tells when they are. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no id of a notification
   */
  read(ids: readonly string[]): void {
    for (const frame of reads(ids)) this.#session.command(frame);
  }

  /** Marks all as read; a `state` event tells when they are. Sent as soon as there is a connection. */
  readAll(): void {
    this.#session.command(readAll());
  }

  /**
   * Marks notifications as unread again; a `state` event tells when they are. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no id of a notification
   */
  markUnread(ids: readonly string[]): void {
    this.#mark("unread", ids);
  }

  /**
   * Puts notifications into the archive, which marks them as read; a `state` event tells when they are there. Sent as
   * soon as there is a connection.
   *
   * @throws TypeError for what is no id of a notification
   */
  archive(ids: readonly string[]): void {
    this.#mark("archive", ids);
  }

  /**
   * Takes notifications out of the archive; a `state` event tells when they are out. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no id of a notification
   */
  unarchive(ids: readonly string[]): void {
    this.#mark("unarchive", ids);
  }

  /**
   * Tells that the person has notifications before their eyes, which does not mark them as read. `attach` does so for
   * toasts. Sent within a second or so of being seen and connected, each notification once.
   *
   * @throws TypeError for what is no id of a notification
   */
  seen(ids: readonly string[]): void {
    this.#session.saw(ids);
  }

  #mark(type: MarkFrame["type"], ids: readonly string[]): void {
    for (const frame of marks(type, ids)) this.#session.command(frame);
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#run += 1;
    const run = this.#run;
    this.#timer = setTimeout(() => this.#lost(0, "The server did not answer in time."), OPENING);
    this.#readyState = NotifierClient.CONNECTING;
    this.#setStatus("connecting");
    if (run !== this.#run) return; // A listener closed the client again.
    if (this.#credential === null) {
      this.#dial(["notifier.v1"]);
      return;
    }
    this.#credential.current().then(
      (token) => {
        if (run === this.#run) this.#dial(["notifier.v1", `notifier.token.${token}`]);
      },
      (error: unknown) => {
        if (run === this.#run) this.#failed("token_unavailable", error);
      },
    );
  }

  #dial(protocols: string[]): void {
    try {
      const connection = new Connection(this.#Socket, this.#url, protocols, {
        opened: () => this.#session.begin((text) => connection.send(text)),
        received: (text) => {
          if (this.#readyState !== NotifierClient.CLOSING) this.#session.received(text);
        },
        closed: (code, reason) => this.#ended(code, reason),
      });
      this.#connection = connection;
    } catch (error) {
      this.#failed("connect_failed", error);
    }
  }

  /** There is no connection to wait for: the attempt failed on this side. */
  #failed(code: "token_unavailable" | "connect_failed", error: unknown): void {
    this.#credential?.forget();
    const run = this.#run;
    this.#emit("error", { code, message: String(error), field: "" });
    if (run === this.#run) this.#lost(0, "No connection could be begun.");
  }

  #live(): void {
    clearTimeout(this.#timer);
    this.#welcomed = Date.now();
    this.#readyState = NotifierClient.OPEN;
    this.#setStatus("live");
  }

  #refresh(): void {
    const connection = this.#connection;
    this.#credential?.renew().then(
      (token) => connection?.send(encode(refresh(token))),
      (error: unknown) => {
        // The old token stays in force; when it ends, the server closes with 4001 and a new one is asked for.
        this.#emit("error", { code: "token_unavailable", message: String(error), field: "" });
      },
    );
  }

  /** The page woke up: comes back at once, or makes sure that the connection is alive. */
  #wake(always: boolean): void {
    if (this.#status === "live") this.#session.probe(always);
    else if (this.#status === "offline") this.#open();
  }

  #ended(code: number, reason: string): void {
    if (this.#readyState === NotifierClient.CLOSING) {
      this.#stop();
      this.#closed("offline", code, reason);
    } else if (isRefusal(code)) {
      this.#credential?.forget();
      this.#rest();
      this.#stop();
      this.#closed("refused", code, reason);
    } else {
      this.#lost(code, reason);
    }
  }

  /** The connection is gone, or none came about: plans the next attempt. */
  #lost(code: number, reason: string): void {
    const wasLive = this.#status === "live";
    this.#stop();
    this.#readyState = NotifierClient.CONNECTING;
    if (wasLive && Date.now() - this.#welcomed >= STABLE) this.#attempt = 0;
    if (code === CloseCode.rate) this.#attempt = Math.max(this.#attempt, RATE_ATTEMPTS);
    if (code === CloseCode.tokenExpired) {
      this.#credential?.forget();
      if (wasLive) return this.#open();
    }
    const wait = backoff(this.#attempt);
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#setStatus("offline", code, reason, wait);
  }

  /** Lets the page be: it no longer wakes the client. */
  #rest(): void {
    this.#unwatch?.();
    this.#unwatch = null;
  }

  /** Ends all that belongs to one attempt and its connection, but for the connection itself. */
  #quiet(): void {
    this.#run += 1;
    clearTimeout(this.#timer);
    this.#credential?.rest();
    this.#session.end();
  }

  #stop(): void {
    this.#quiet();
    this.#connection?.abandon();
    this.#connection = null;
  }

  #closed(status: "offline" | "refused", code: number, reason: string): void {
    this.#readyState = NotifierClient.CLOSED;
    this.#setStatus(status, code, reason);
  }

  #setStatus(status: Status, code = 0, reason = "", retryIn: number | null = null): void {
    this.#status = status;
    this.#emit("status", { status, code, reason: reason || closeReason(code), retryIn });
  }

  readonly #emit: Emit = (type, detail) => {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  };
}
