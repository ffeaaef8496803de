import { backoff } from "./backoff.js";
import { RATE, TOKEN_EXPIRED, isRefusal } from "./closecodes.js";
import type { Status } from "./events.js";
import type { SocketLike } from "./options.js";
import type { Parts, Source } from "./source.js";

/** From the begin of an attempt to the welcome, in milliseconds; what takes longer is tried again. */
const OPENING = 20_000;

/** A connection that lived as long, in milliseconds, makes the next wait short again. */
const STABLE = 10_000;

/** Attempts that count as failed after "too many frames": the server asks to come back later, not soon. */
const RATE_ATTEMPTS = 3;

// The states of a WebSocket.
export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;

/** The way to the server: a WebSocket that is made anew after whatever closed it, until it is closed or refused. */
export function createLine(parts: Parts): Source {
  const { credential, emit, fail } = parts;
  let readyState = CLOSED;
  let status: Status = "offline";
  let socket: SocketLike | null = null;
  let attempt = 0;
  /** Changes with each attempt, so that a token which comes late for an earlier one is left alone. */
  let run = 0;
  let welcomedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const become = (next: Status, code = 0, reason = "", retryIn: number | null = null): void => {
    status = next;
    parts.source.changed({ status, code, reason, retryIn });
  };

  /** Ends all that belongs to one attempt and its connection, but for the connection itself. */
  const quiet = (): void => {
    run += 1;
    clearTimeout(timer);
    credential?.rest();
    parts.session.end();
  };

  /** Ends an attempt and its connection. */
  const stop = (): void => {
    quiet();
    const last = socket;
    socket = null; // No more is heard of it: the other side may be gone.
    last?.close();
    readyState = CLOSED;
  };

  const end = (next: "offline" | "refused", code: number, reason: string): void => {
    stop();
    become(next, code, reason);
  };

  const begin = async (): Promise<void> => {
    clearTimeout(timer);
    timer = setTimeout(lost, OPENING);
    const mine = ++run;
    readyState = CONNECTING;
    become("connecting");
    let problem = "token_unavailable";
    try {
      const token = await credential?.current();
      await parts.joinTabs?.();
      if (mine !== run) return;
      problem = "connect_failed"; // A token may hold characters that a header cannot carry.
      connect(["notifier.v1", ...(token ? [`notifier.token.${token}`] : [])]);
    } catch (error) {
      if (mine !== run) return;
      credential?.forget();
      fail(problem, error);
      if (mine === run) lost(); // A listener may close the client.
    }
  };

  const connect = (protocols: string[]): void => {
    const { session } = parts;
    const made = (socket = parts.openSocket(protocols));
    const on = (type: "open" | "message" | "close" | "error", listener: (event: any) => void): void =>
      made.addEventListener(type, (event) => made === socket && listener(event));
    on("open", () => session.begin((text) => made.send(text), parts.resumeFrom()));
    on("message", ({ data }) => readyState === CLOSING || session.received(data));
    on("close", ({ code, reason, retryIn }) => {
      if (readyState === CLOSING) return end("offline", code, reason);
      if (!isRefusal(code)) return lost(code, reason, retryIn);
      credential?.forget();
      end("refused", code, reason);
    });
    on("error", () => {}); // A close event follows and says more; but without a listener Node's packages throw.
  };

  /** The connection is gone, or none came about: plans the next attempt, at the time of the tab whose socket it was. */
  const lost = (code = 0, reason = "", retryIn?: number): void => {
    const wasLive = readyState === OPEN;
    stop();
    if (wasLive && Date.now() - welcomedAt >= STABLE) attempt = 0;
    if (code === RATE) attempt = Math.max(attempt, RATE_ATTEMPTS);
    if (code === TOKEN_EXPIRED) {
      credential?.forget();
      if (wasLive) return void begin();
    }
    const wait = retryIn ?? backoff(attempt);
    attempt += 1;
    timer = setTimeout(begin, wait);
    readyState = CONNECTING;
    become("offline", code, reason, wait);
  };

  const refresh = (): void => {
    credential?.renew().then(
      (token) => parts.session.say({ type: "refresh", token }),
      // The old token stays in force; when it ends, the server closes with 4001 and a new one is asked for.
      (error: unknown) => fail("token_unavailable", error),
    );
  };

  return {
    leads: true,

    get readyState() {
      return readyState;
    },

    get status() {
      return status;
    },

    get inFront() {
      return !(globalThis.document && document.hidden);
    },

    connect() {
      if (readyState === CLOSING) stop();
      else if (readyState !== CLOSED && status !== "offline") return;
      attempt = 0;
      void begin();
    },

    close(code, reason) {
      if (readyState >= CLOSING) return;
      parts.session.save();
      if (!socket) return end("offline", code, reason);
      socket.close(code, reason);
      readyState = CLOSING;
      quiet();
    },

    suspend() {
      parts.session.save();
      stop();
      status = "offline";
    },

    wake(why) {
      if (readyState === OPEN) parts.session.probe(why === "online");
      else if (readyState === CONNECTING && status === "offline") void begin();
    },

    look: () => parts.session.look(),
    arrived: () => true,

    welcomed() {
      clearTimeout(timer);
      welcomedAt = Date.now();
      readyState = OPEN;
      become("live");
    },

    accepted: (expires) => credential?.accepted(expires, refresh),
    dead: () => lost(),
    changed: (detail) => emit("status", detail),
  };
}
