import { backoff } from "./backoff.js";
import { RATE, TOKEN_EXPIRED, isRefusal } from "./closecodes.js";
import type { Status } from "./events.js";
import type { SocketLike } from "./options.js";
import type { Line, Parts } from "./source.js";

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
export function createLine(parts: Parts): Line {
  const { url, Socket, credential, emit, fail } = parts;
  let status: Status = "offline";
  /** Whether it comes back by itself. */
  let isOn = false;
  let isClosing = false;
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

  const stop = (): void => {
    quiet();
    const last = socket;
    socket = null; // No more is heard of it: the other side may be gone.
    last?.close();
  };

  const end = (next: "offline" | "refused", code: number, reason: string): void => {
    stop();
    isOn = isClosing = false;
    become(next, code, reason);
  };

  const begin = (): void => {
    clearTimeout(timer);
    isOn = true;
    isClosing = false;
    run += 1;
    const mine = run;
    timer = setTimeout(lost, OPENING);
    become("connecting");
    const failed = (code: string, error: unknown): void => {
      if (mine !== run) return;
      credential?.forget();
      fail(code, error);
      if (mine === run) lost(); // A listener may close the client.
    };
    const dial = (token?: string): void => {
      if (mine !== run) return;
      try {
        connect(["notifier.v1", ...(token ? [`notifier.token.${token}`] : [])]);
      } catch (error) {
        // A token may hold characters that a header cannot carry.
        failed("connect_failed", error);
      }
    };
    if (credential) credential.current().then(dial, (error: unknown) => failed("token_unavailable", error));
    else dial();
  };

  const connect = (protocols: string[]): void => {
    const { session } = parts;
    const made = (socket = new Socket(url, protocols));
    const on = (type: "open" | "message" | "close" | "error", listener: (event: any) => void): void =>
      made.addEventListener(type, (event) => made === socket && listener(event));
    on("open", () => session.begin((text) => made.readyState === OPEN && made.send(text), parts.resume()));
    on("message", ({ data }) => isClosing || session.received(data));
    on("close", ({ code, reason }) => {
      if (isClosing) return end("offline", code, reason);
      if (!isRefusal(code)) return lost(code, reason);
      credential?.forget();
      end("refused", code, reason);
    });
    on("error", () => {}); // A close event follows and says more; but without a listener Node's packages throw.
  };

  /** The connection is gone, or none came about: plans the next attempt. */
  const lost = (code = 0, reason = ""): void => {
    const wasLive = status === "live";
    stop();
    if (wasLive && Date.now() - welcomedAt >= STABLE) attempt = 0;
    if (code === RATE) attempt = Math.max(attempt, RATE_ATTEMPTS);
    if (code === TOKEN_EXPIRED) {
      credential?.forget();
      if (wasLive) return begin();
    }
    const wait = backoff(attempt);
    attempt += 1;
    timer = setTimeout(begin, wait);
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
      return isClosing ? CLOSING : !isOn ? CLOSED : status === "live" ? OPEN : CONNECTING;
    },

    get status() {
      return status;
    },

    get inFront() {
      return globalThis.document?.visibilityState !== "hidden";
    },

    connect() {
      if (isClosing) stop();
      else if (isOn && status !== "offline") return;
      attempt = 0;
      begin();
    },

    close(code, reason) {
      if (!isOn || isClosing) return;
      parts.session.save();
      if (!socket) return end("offline", code, reason);
      socket.close(code, reason);
      isClosing = true;
      quiet();
    },

    drop() {
      if (!isOn) return;
      parts.session.save();
      stop();
      isOn = isClosing = false;
      status = "offline";
    },

    suspend() {},

    wake(why) {
      if (status === "live") parts.session.probe(why === "online");
      else if (isOn && status === "offline") begin();
    },

    look: () => parts.session.look(),
    arrived: () => true,

    welcomed() {
      clearTimeout(timer);
      welcomedAt = Date.now();
      become("live");
    },

    accepted: (expires) => credential?.accepted(expires, refresh),
    restart: () => lost(),
    dead: () => lost(),
    changed: (detail) => emit("status", detail),
  };
}
