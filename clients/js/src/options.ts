import type { SocketConstructor } from "./connection.js";
import { type CursorStorage, defaultStorage } from "./cursors.js";

export interface NotifierOptions {
  /** The socket's address: absolute, or relative to the page; `http(s):` is read as `ws(s):`. */
  readonly url: string;
  /** Gets a connection token (a JWT) from your backend. Without it the session cookie speaks for the person. */
  readonly getToken?: () => Promise<string>;
  /** The recipient, if the page knows. Otherwise the one who was last welcomed at this address is assumed. */
  readonly user?: string;
  /** Where cursors are kept between page loads; `localStorage` unless given. */
  readonly storage?: CursorStorage;
  /** The address of the REST API; `/api/v1/` at the socket's own server unless given. */
  readonly api?: string;
  /** One socket for all tabs of this browser that show the same person; true unless given. */
  readonly shared?: boolean;
  /** The WebSocket to use where the platform has none (Node before 22). */
  readonly WebSocket?: SocketConstructor;
}

/** @throws SyntaxError or TypeError when the address is none that a WebSocket takes */
export function socketAddress(url: string): string {
  const base = typeof location === "undefined" ? undefined : location.href;
  const address = new URL(url, base);
  if (address.protocol === "http:") address.protocol = "ws:";
  if (address.protocol === "https:") address.protocol = "wss:";
  if (address.protocol !== "ws:" && address.protocol !== "wss:") {
    throw new TypeError(`${address.protocol} is not a protocol for a WebSocket.`);
  }
  address.hash = "";
  return address.href;
}

/** The address of the REST API, with a slash at its end. @throws TypeError when it is none */
export function apiAddress(options: NotifierOptions, socket: string): string {
  const base = options.api ?? new URL("/api/v1/", socket.replace(/^ws/, "http")).href;
  const page = typeof location === "undefined" ? undefined : location.href;
  return new URL(base.endsWith("/") ? base : `${base}/`, page).href;
}

/** @throws TypeError when the platform has no WebSocket and none was given */
export function socketConstructor(options: NotifierOptions): SocketConstructor {
  const Socket = options.WebSocket ?? (globalThis.WebSocket as SocketConstructor | undefined);
  if (Socket === undefined) throw new TypeError("There is no WebSocket here: give one as an option.");
  return Socket;
}

export function cursorStorage(options: NotifierOptions): CursorStorage {
  return options.storage ?? defaultStorage();
}
