import { backoff } from "./backoff.js";
import { CloseCode, closeReason, isRefusal } from "./closecodes.js";
import { Connection, type SocketConstructor } from "./connection.js";
import type { Credential } from "./credential.js";
import { encode, refresh } from "./encode.js";
import type { Emit, Status, StatusDetail } from "./events.js";
import type { Session } from "./session.js";
import type { Standing } from "./standing.js";

/** From the begin of an attempt to the welcome, in milliseconds; what takes longer is tried again. */
const OPENING = 20_000;

/** A connection that lived as long, in milliseconds, makes the next wait short again. */
const STABLE = 10_000;

/** Attempts that count as failed after "too many frames": the server asks to come back later, not soon. */
const RATE_ATTEMPTS = 3;

/** As of a WebSocket. */
export const ReadyState = { connecting: 0, open: 1, closing: 2, closed: 3 } as const;

export interface LineOptions {
  readonly url: string;
  readonly Socket: SocketConstructor;
  readonly credential: Credential | null;
  readonly session: Session;
  readonly emit: Emit;
  /** The line stands otherwise than before. */
  changed(detail: StatusDetail): void;
}

/** The way to the server: a WebSocket that is made anew after whatever closed it, until it is closed or refused. */
export class Line {
  readonly #options: LineOptions;
  #readyState: number = ReadyState.closed;
  #status: Status = "offline";
  #connection: Connection | null = null;
  #others: readonly Standing[] = [];
  #attempt = 0;
  /** Changes with each attempt, so that a token which comes late for an earlier one is left alone. */
  #run = 0;
  #welcomed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  get readyState(): number {
    return this.#readyState;
  }

  /**
   * Connects, and from then on comes back by itself. Hastens a planned attempt; does nothing while one is under way.
   *
   * @param others how far the other tabs are that the first connection is for
   */
  open(others: readonly Standing[] = []): void {
    if (this.#status === "connecting" || this.#status === "live") {
      if (this.#readyState !== ReadyState.closing) return;
      this.#stop();
    }
    this.#others = others;
    this.#attempt = 0;
    this.#open();
  }

  /** Begins to close; it stays closed. */
  close(code: number, reason: string): void {
    if (this.#readyState === ReadyState.closed || this.#readyState === ReadyState.closing) return;
    this.#options.session.save();
    if (this.#connection === null) {
      this.#stop();
      this.#closed("offline", code, reason);
      return;
    }
    this.#connection.close(code, reason);
    this.#readyState = ReadyState.closing;
    this.#quiet();
  }

  /** Ends at once and without a word: another tab has the socket, or the page is left. */
  drop(): void {
    if (this.#readyState === ReadyState.closed) return;
    this.#options.session.save();
    this.#stop();
    this.#readyState = ReadyState.closed;
    this.#status = "offline";
  }

  /** The page woke up: comes back at once, or makes sure that the connection is alive. */
  wake(always: boolean): void {
    if (this.#readyState === ReadyState.closed) return;
    if (this.#status === "live") this.#options.session.probe(always);
    else if (this.#status === "offline") this.#open();
  }

  /** The server welcomed the connection. */
  welcomed(): void {
    clearTimeout(this.#timer);
    this.#others = [];
    this.#welcomed = Date.now();
    this.#readyState = ReadyState.open;
    this.#setStatus("live");
  }

  /** The server accepted a credential that ends at `expires`, or never. */
  accepted(expires: string | null): void {
    this.#options.credential?.accepted(expires, () => this.#refresh());
  }

  /** Makes the connection anew, after a while. */
  restart(reason: string): void {
    this.#lost(0, reason);
  }

  #open(): void {
    const { credential } = this.#options;
    clearTimeout(this.#timer);
    this.#run += 1;
    const run = this.#run;
    this.#timer = setTimeout(() => this.#lost(0, "The server did not answer in time."), OPENING);
    this.#readyState = ReadyState.connecting;
    this.#setStatus("connecting");
    if (run !== this.#run) return; // A listener closed the client again.
    if (credential === null) {
      this.#dial(["notifier.v1"]);
      return;
    }
    credential.current().then(
      (token) => {
        if (run === this.#run) this.#dial(["notifier.v1", `notifier.token.${token}`]);
      },
      (error: unknown) => {
        if (run === this.#run) this.#failed("token_unavailable", error);
      },
    );
  }

  #dial(protocols: string[]): void {
    const { url, Socket, session } = this.#options;
    try {
      const connection = new Connection(Socket, url, protocols, {
        opened: () => session.begin((text) => connection.send(text), this.#others),
        received: (text) => {
          if (this.#readyState !== ReadyState.closing) session.received(text);
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
    this.#options.credential?.forget();
    const run = this.#run;
    this.#options.emit("error", { code, message: String(error), field: "" });
    if (run === this.#run) this.#lost(0, "No connection could be begun.");
  }

  #refresh(): void {
    const connection = this.#connection;
    this.#options.credential?.renew().then(
      (token) => connection?.send(encode(refresh(token))),
      (error: unknown) => {
        // The old token stays in force; when it ends, the server closes with 4001 and a new one is asked for.
        this.#options.emit("error", { code: "token_unavailable", message: String(error), field: "" });
      },
    );
  }

  #ended(code: number, reason: string): void {
    if (this.#readyState === ReadyState.closing) {
      this.#stop();
      this.#closed("offline", code, reason);
    } else if (isRefusal(code)) {
      this.#options.credential?.forget();
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
    this.#readyState = ReadyState.connecting;
    if (wasLive && Date.now() - this.#welcomed >= STABLE) this.#attempt = 0;
    if (code === CloseCode.rate) this.#attempt = Math.max(this.#attempt, RATE_ATTEMPTS);
    if (code === CloseCode.tokenExpired) {
      this.#options.credential?.forget();
      if (wasLive) return this.#open();
    }
    const wait = backoff(this.#attempt);
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#setStatus("offline", code, reason, wait);
  }

  /** Ends all that belongs to one attempt and its connection, but for the connection itself. */
  #quiet(): void {
    this.#run += 1;
    clearTimeout(this.#timer);
    this.#options.credential?.rest();
    this.#options.session.end();
  }

  #stop(): void {
    this.#quiet();
    this.#connection?.abandon();
    this.#connection = null;
  }

  #closed(status: "offline" | "refused", code: number, reason: string): void {
    this.#readyState = ReadyState.closed;
    this.#setStatus(status, code, reason);
  }

  #setStatus(status: Status, code = 0, reason = "", retryIn: number | null = null): void {
    this.#status = status;
    this.#options.changed({ status, code, reason: reason || closeReason(code), retryIn });
  }
}
