import type { Credential } from "./credential.js";
import type { Cursors } from "./cursors.js";
import type { Emit, Status, StatusDetail } from "./events.js";
import type { ServerFrame } from "./frames.js";
import type { NotifierOptions, SocketLike } from "./options.js";
import type { Api } from "./rest.js";
import type { Session } from "./session.js";

/** Why a page wants its notifications now: it asks to connect, the network came back, or it became visible. */
export type Waking = "connect" | "online" | "visible";

/** Where frames come from, as the client sees it: a socket of this tab's own, or the tab that holds the one socket of all. */
export interface Source {
  /** As of a WebSocket. */
  readonly readyState: number;
  readonly status: Status;
  /** Whether this tab holds the socket. */
  readonly leads: boolean;
  /** Whether this is the tab that the person looks at. */
  readonly inFront: boolean;
  /** Connects, and from then on comes back by itself. Hastens a planned attempt; does nothing while one is under way. */
  connect(): void;
  close(code: number, reason: string): void;
  /** The page is left: ends at once and without a word. Where tabs share, another has the socket from now on. */
  suspend(): void;
  /** Comes back at once, or makes sure that the connection is alive. */
  wake(why: Waking): void;
  /** Tells the server where the person is. */
  look(): void;

  // What the session tells.

  /** A frame came. Returns whether it is for this page. */
  arrived(frame: ServerFrame, text: string): boolean;
  /** The server welcomed the connection. */
  welcomed(): void;
  /** The server accepted a credential that ends at `expires` (UTC, ISO 8601), or never. */
  accepted(expires: string | null): void;
  /** The connection is open and of no use: nobody is at its other end, or it was resumed with the cursors of another person. */
  dead(): void;

  // What the line tells.

  /** The line stands otherwise than before. */
  changed(detail: StatusDetail): void;
}

/** What a client consists of; each part finds the others here. */
export interface Parts {
  readonly url: string;
  readonly options: NotifierOptions;
  readonly credential: Credential | null;
  readonly callApi: Api;
  readonly cursors: Cursors;
  /** Opens a socket to the server, or what is as one. */
  openSocket(protocols: string[]): SocketLike;
  /** Finds the other tabs that share the socket, before one is opened. */
  joinTabs?(): Promise<void>;
  /** From where the next connection goes on: the cursors of this page, or what those who share it agreed upon. */
  resumeFrom: Cursors["resumeFrom"];
  readonly emit: Emit;
  /** Emits an error of this side. */
  fail(code: string, error: unknown): void;
  session: Session;
  /** The way to the server: the source of a tab that is on its own. */
  line: Source;
  /** The line, or what shares it with other tabs. */
  source: Source;
}

/** Lets the tabs of a browser share one socket. */
export type TabSharing = (parts: Parts) => Source;
