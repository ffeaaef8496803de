import { claimsOf } from "./claims.js";
import { Credential } from "./credential.js";
import { Cursors } from "./cursors.js";
import { follow, marks, readAll, reads, unfollow } from "./encode.js";
import { type Emit, NotifierEventTarget, type Status } from "./events.js";
import type { MarkFrame } from "./frames.js";
import { ReadyState } from "./line.js";
import { type NotifierOptions, apiAddress, cursorStorage, socketAddress, socketConstructor } from "./options.js";
import { watchPage } from "./page.js";
import { type InboxPage, type InboxQuery, Rest } from "./rest.js";
import { Session } from "./session.js";
import { Source } from "./source.js";

/**
 * One person's notifications over one WebSocket, which is kept open: it comes back after whatever closed it,
 * goes on where each stream was left, and shows each notification once. The tabs of a browser that show the same person
 * share one socket.
 *
 * @example
 * const client = new NotifierClient({ url: "/ws/notifications/" });
 * client.addEventListener("notification", ({ detail }) => console.log(detail.notification.title));
 * client.connect();
 */
export class NotifierClient extends NotifierEventTarget {
  static readonly CONNECTING = ReadyState.connecting;
  static readonly OPEN = ReadyState.open;
  static readonly CLOSING = ReadyState.closing;
  static readonly CLOSED = ReadyState.closed;

  readonly #credential: Credential | null;
  readonly #api: Rest;
  readonly #cursors: Cursors;
  readonly #session: Session;
  readonly #source: Source;
  readonly #given: string | null;
  #unwatch: (() => void) | null = null;

  /** @throws TypeError when the address is none for a WebSocket, or the platform has no WebSocket */
  constructor(options: NotifierOptions) {
    super();
    const url = socketAddress(options.url);
    const Socket = socketConstructor(options);
    this.#given = options.user ?? null;
    this.#credential = options.getToken === undefined ? null : new Credential(options.getToken);
    this.#api = new Rest(apiAddress(options, url), this.#credential);
    this.#cursors = new Cursors(cursorStorage(options), url, this.#given);
    this.#source = new Source({
      url,
      Socket,
      credential: this.#credential,
      shared: options.shared ?? true,
      identify: () => this.#identify(),
      emit: this.#emit,
    });
    this.#session = new Session(this.#cursors, this.#source);
    this.#source.serve(this.#session);
  }

  /** 0 to 3, as a WebSocket's; OPEN (1) from the welcome on, and CONNECTING (0) also while waiting to come back. */
  get readyState(): number {
    return this.#source.readyState;
  }

  get status(): Status {
    return this.#source.currentStatus;
  }

  /** The recipient, or null before anyone was welcomed at this address. */
  get user(): string | null {
    return this.#cursors.user;
  }

  /** Unread notifications; 0 before the first welcome. */
  get unread(): number {
    return this.#session.unread;
  }

  /**
   * True in exactly one of the tabs that show this person's notifications: of those that are visible, the one that was
   * focused last. Where tabs cannot talk to each other, in each that is visible.
   */
  get inFront(): boolean {
    return this.#source.inFront;
  }

  /** True in the tab that holds the socket; where nothing is shared in each. */
  get leads(): boolean {
    return this.#source.leads;
  }

  /** Connects, and from then on comes back by itself. Hastens a planned attempt; does nothing while one is under way. */
  connect(): void {
    const source = this.#source;
    this.#unwatch ??= watchPage({
      online: () => source.wake("online"),
      offline: () => this.#session.probe(true),
      visible: () => {
        source.look();
        source.wake("visible");
      },
      leaving: () => {
        this.#session.save();
        source.look();
      },
      left: () => source.suspend(),
      returned: () => source.connect(),
    });
    source.connect();
  }

  /**
   * Closes, and stays closed until `connect()`. The socket that tabs share stays open as long as there are others.
   *
   * @param code 1000, or 3000 to 4999
   */
  close(code = 1000, reason = ""): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#source.close(code, reason);
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

  /** Whose notifications these are. @throws when nobody can tell */
  async #identify(): Promise<string> {
    if (this.#given !== null) return this.#given;
    if (this.#credential === null) return this.#api.me();
    const { sub } = claimsOf(await this.#credential.current());
    if (typeof sub !== "string") throw new TypeError("The token names nobody.");
    return sub;
  }

  readonly #emit: Emit = (type, detail) => {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  };
}
