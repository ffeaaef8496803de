import { backoff } from "../src/backoff.js";
import { SOCKET } from "./addresses.js";
import type { Board, Frame, OpsEvent, Point } from "./frames.js";

export type FeedState = "connecting" | "live" | "reconnecting" | "paused" | "refused";

/** What a page does with what comes. Only those that it needs. */
export interface Listener {
  /** Everything is known anew: at the beginning, and after each time that nothing came. */
  fresh?(): void;
  board?(board: Board): void;
  events?(events: readonly OpsEvent[], more: number): void;
  points?(span: number, points: readonly Point[]): void;
  state?(state: FeedState): void;
}

/** No frame for so long, in milliseconds, and the connection is taken for dead: the database's health changes every few seconds. */
const PATIENCE = 20_000;

/** From here on a close code says: do not come back. */
const REFUSED = 4500;

/** The socket of this page: open while the page is seen, and it comes back by itself. */
export class Feed {
  readonly #listeners: readonly Listener[];
  #socket: WebSocket | null = null;
  #board: Board | null = null;
  #failed = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;

  constructor(listeners: readonly Listener[]) {
    this.#listeners = listeners;
    document.addEventListener("visibilitychange", () => this.#follow());
    // A page that comes out of the back-forward cache has lost its socket.
    window.addEventListener("pageshow", () => this.#follow());
    window.addEventListener("pagehide", () => this.#stop());
  }

  start(): void {
    this.#follow();
  }

  #follow(): void {
    if (document.hidden) {
      this.#stop();
      this.#tell("paused");
    } else if (this.#socket === null) {
      this.#open();
    }
  }

  #stop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#socket = null;
    // To close it while it connects would be an error in the browser's console.
    if (socket?.readyState === WebSocket.CONNECTING) socket.addEventListener("open", () => socket.close());
    else socket?.close();
  }

  #open(): void {
    clearTimeout(this.#retry);
    this.#tell(this.#board === null ? "connecting" : "reconnecting");
    const address = new URL(SOCKET, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#take(JSON.parse(String(data)) as Frame);
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    });
    this.#expect();
  }

  #closed(code: number): void {
    clearTimeout(this.#watch);
    this.#socket = null;
    if (code >= REFUSED && code < 5000) {
      this.#tell("refused");
      return;
    }
    this.#tell("reconnecting");
    this.#retry = setTimeout(() => this.#follow(), backoff(this.#failed));
    this.#failed += 1;
  }

  #expect(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      const socket = this.#socket;
      this.#closed(0);
      socket?.close();
    }, PATIENCE);
  }

  #take(frame: Frame): void {
    this.#expect();
    switch (frame.type) {
      case "board":
        this.#failed = 0;
        this.#board = frame;
        this.#tell("live");
        for (const listener of this.#listeners) listener.fresh?.();
        this.#show();
        break;
      case "delta":
        if (this.#board !== null) {
          this.#board = { ...this.#board, ...frame };
          this.#show();
        }
        break;
      case "events":
        for (const listener of this.#listeners) listener.events?.(frame.events, frame.more);
        break;
      case "points":
        for (const listener of this.#listeners) listener.points?.(frame.span, frame.points);
    }
  }

  #show(): void {
    if (this.#board === null) return;
    for (const listener of this.#listeners) listener.board?.(this.#board);
  }

  #tell(state: FeedState): void {
    for (const listener of this.#listeners) listener.state?.(state);
  }
}
