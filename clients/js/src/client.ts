import { createCredential } from "./credential.js";
import { createCursors } from "./cursors.js";
import { NotifierEventTarget, type Status } from "./events.js";
import type { Command } from "./frames.js";
import { createLine } from "./line.js";
import { type NotifierOptions, apiAddress, socketAddress, socketConstructor } from "./options.js";
import { watchPage } from "./page.js";
import { type InboxPage, type InboxQuery, createApi, readInbox } from "./rest.js";
import { createSession } from "./session.js";
import type { Parts } from "./source.js";

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
  readonly #parts: Parts;
  #watch: AbortController | null = null;

  /** @throws TypeError when the address is none for a WebSocket, or the platform has no WebSocket */
  constructor(options: NotifierOptions) {
    super();
    const { getToken, tabs } = options;
    const url = socketAddress(options.url);
    const Socket = socketConstructor(options);
    const credential = getToken ? createCredential(getToken) : null;
    const parts = {
      options,
      url,
      openSocket: (protocols) => new Socket(url, protocols),
      credential,
      callApi: createApi(apiAddress(options, url), credential),
      cursors: createCursors(options.storage, url, options.user),
      emit: (type, detail) => this.dispatchEvent(new CustomEvent(type, { detail })),
      fail: (code, error) => parts.emit("error", { code, message: String(error), field: "" }),
    } as Partial<Parts> as Parts;
    parts.resumeFrom = parts.cursors.resumeFrom;
    parts.session = createSession(parts);
    parts.line = parts.source = createLine(parts);
    if (tabs) parts.source = tabs(parts);
    this.#parts = parts;
  }

  /** 0 to 3, as a WebSocket's; OPEN (1) from the welcome on, and CONNECTING (0) also while waiting to come back. */
  get readyState(): number {
    return this.#parts.source.readyState;
  }

  get status(): Status {
    return this.#parts.source.status;
  }

  /** The recipient, or null before anyone was welcomed at this address. */
  get user(): string | null {
    return this.#parts.cursors.user;
  }

  /** Unread notifications; 0 before the first welcome. */
  get unread(): number {
    return this.#parts.session.unread;
  }

  /**
   * True in exactly one of the tabs that show this person's notifications: of those that are visible, the one that was
   * focused last. Where tabs cannot talk to each other, in each that is visible.
   */
  get inFront(): boolean {
    return this.#parts.source.inFront;
  }

  /** True in the tab that holds the socket; where nothing is shared in each. */
  get leads(): boolean {
    return this.#parts.source.leads;
  }

  /** Connects, and from then on comes back by itself. Hastens a planned attempt; does nothing while one is under way. */
  connect(): void {
    this.#watch ??= watchPage(this.#parts);
    this.#parts.source.connect();
  }

  /**
   * Closes, and stays closed until `connect()`. The socket that tabs share stays open as long as there are others.
   *
   * @param code 1000, or 3000 to 4999
   */
  close(code = 1000, reason = ""): void {
    this.#watch?.abort();
    this.#watch = null;
    this.#parts.source.close(code, reason);
  }

  /**
   * Follows a topic, for the person, on every device. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no topic
   */
  follow(topic: string): void {
    this.#command({ type: "follow", topic });
  }

  /**
   * Ends following a topic. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no topic
   */
  unfollow(topic: string): void {
    this.#command({ type: "unfollow", topic });
  }

  /** A page of the inbox, newest first, with the credential of the socket. @throws InboxError */
  inbox(query: InboxQuery = {}): Promise<InboxPage> {
    return readInbox(this.#parts.callApi, query);
  }

  /**
   * Marks notifications as read; a `state` event tells when they are. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no id of a notification
   */
  read(ids: readonly string[]): void {
    this.#command({ type: "read", ids });
  }

  /** Marks all as read; a `state` event tells when they are. Sent as soon as there is a connection. */
  readAll(): void {
    this.#command({ type: "read", all: true });
  }

  /**
   * Marks notifications as unread again; a `state` event tells when they are. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no id of a notification
   */
  markUnread(ids: readonly string[]): void {
    this.#command({ type: "unread", ids });
  }

  /**
   * Puts notifications into the archive, which marks them as read; a `state` event tells when they are there. Sent as
   * soon as there is a connection.
   *
   * @throws TypeError for what is no id of a notification
   */
  archive(ids: readonly string[]): void {
    this.#command({ type: "archive", ids });
  }

  /**
   * Takes notifications out of the archive; a `state` event tells when they are out. Sent as soon as there is a connection.
   *
   * @throws TypeError for what is no id of a notification
   */
  unarchive(ids: readonly string[]): void {
    this.#command({ type: "unarchive", ids });
  }

  /**
   * Tells that the person has notifications before their eyes, which does not mark them as read. `attach` does so for
   * toasts. Sent within a second or so of being seen and connected, each notification once.
   *
   * @throws TypeError for what is no id of a notification
   */
  seen(ids: readonly string[]): void {
    this.#parts.session.saw(ids);
  }

  #command(command: Command): void {
    this.#parts.session.command(command);
  }
}
