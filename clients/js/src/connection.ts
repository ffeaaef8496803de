/** The part of the browser's WebSocket that the client needs. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  // The events of browsers and of packages for Node are unrelated types, and only two of their fields are used.
  addEventListener(type: "open" | "message" | "close" | "error", listener: (event: any) => void): void;
}

/** A constructor of WebSockets: the browser's, or that of a package where there is none. */
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** What happens on a connection. Nothing is called after `closed`, or after {@link Connection.abandon}. */
export interface ConnectionListener {
  opened(): void;
  received(text: string): void;
  closed(code: number, reason: string): void;
}

const OPEN = 1;

/** One WebSocket, which can be let go of at once. */
export class Connection {
  readonly #socket: SocketLike;
  #abandoned = false;

  /** @throws SyntaxError when a subprotocol (the token) holds characters that a header cannot carry */
  constructor(Socket: SocketConstructor, url: string, protocols: string[], listener: ConnectionListener) {
    this.#socket = new Socket(url, protocols);
    this.#on("open", () => listener.opened());
    this.#on("message", (event: { data: unknown }) => {
      if (typeof event.data === "string") listener.received(event.data);
    });
    this.#on("close", (event: { code: number; reason: string }) => {
      this.#abandoned = true;
      listener.closed(event.code, event.reason);
    });
    // A close event follows each error and says more; but without a listener Node's packages throw.
    this.#socket.addEventListener("error", () => {});
  }

  send(text: string): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(text);
  }

  /** Begins to close; `closed` follows. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Closes without waiting for the other side, which may be gone: no more is heard of this connection. */
  abandon(): void {
    this.#abandoned = true;
    this.#socket.close();
  }

  #on(type: "open" | "message" | "close", listener: (event: any) => void): void {
    this.#socket.addEventListener(type, (event) => {
      if (!this.#abandoned) listener(event);
    });
  }
}
