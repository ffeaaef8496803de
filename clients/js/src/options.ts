import type { CursorStorage } from "./cursors.js";
import type { TabSharing } from "./source.js";

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

export interface NotifierOptions {
  /** The socket's address: absolute, or relative to the page; `http(s):` is read as `ws(s):`. */
  readonly url: string;
  /** Gets a connection token (a JWT) from your backend. Without it the session cookie speaks for the person. */
  readonly getToken?: () => Promise<string>;
  /** The recipient, if the page knows. Otherwise the one who was last welcomed at this address is assumed. */
  readonly user?: string;
  /** Where cursors are kept between page loads; `localStorage` unless given. */
  readonly storage?: CursorStorage;
  /** The address of the REST API, absolute or relative to the socket's; `/api/v1/` unless given. */
  readonly api?: string;
  /** `sharedTabs`: one socket for all tabs of this browser that show the same person. Without it each has its own. */
  readonly tabs?: TabSharing | null;
  /** The WebSocket to use where the platform has none (Node before 22). */
  readonly WebSocket?: SocketConstructor;
}

/** @throws SyntaxError or TypeError when the address is none that a WebSocket takes */
export function socketAddress(url: string): string {
  const [address = ""] = new URL(url, globalThis.location?.href).href.replace(/^http/, "ws").split("#");
  if (!/^wss?:/.test(address)) throw new TypeError(`No WebSocket: ${url}`);
  return address;
}

/** The address of the REST API, with a slash at its end. @throws TypeError when it is none */
export function apiAddress({ api = "/api/v1/" }: NotifierOptions, socket: string): string {
  return new URL(api, socket.replace("ws", "http")).href.replace(/\/?$/, "/");
}

/** @throws TypeError when the platform has no WebSocket and none was given */
export function socketConstructor(options: NotifierOptions): SocketConstructor {
  const Socket = options.WebSocket ?? (globalThis.WebSocket as SocketConstructor | undefined);
  if (!globalThis.document && !Socket) throw new TypeError("No WebSocket"); // Every page has one.
  return Socket!;
}
