import { claimsOf } from "./claims.js";

/** A token with less than this left, in milliseconds, is not used for a new connection. */
const MARGIN = 30_000;

/** The least time between two refreshes, in milliseconds, whatever the clocks say. */
const LEAST = 5_000;

/** The longest time that a timer can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * The connection token: asked for when one is needed, used again for reconnects while it lasts, and renewed
 * ahead of its end.
 */
export class Credential {
  readonly #getToken: () => Promise<string>;
  #token: string | null = null;
  #expires = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(getToken: () => Promise<string>) {
    this.#getToken = getToken;
  }

  /** A token to connect with: the one at hand while it lasts, so that a restart of the server asks for none. */
  async current(): Promise<string> {
    if (this.#token !== null && this.#expires - Date.now() > MARGIN) return this.#token;
    return this.renew();
  }

  /** A new token. It becomes the one at hand if it tells how long it lasts, or when the server does. */
  async renew(): Promise<string> {
    const token: unknown = await this.#getToken();
    if (typeof token !== "string" || token === "") throw new TypeError("getToken() did not return a token.");
    this.#token = token;
    const { exp } = claimsOf(token);
    this.#expires = typeof exp === "number" ? exp * 1_000 : 0;
    return token;
  }

  /**
   * The server accepted the token.
   *
   * @param expires when it ends (UTC, ISO 8601), or null for never
   * @param due called when 80 % of its life are over
   */
  accepted(expires: string | null, due: () => void): void {
    this.rest();
    this.#expires = expires === null ? Infinity : Date.parse(expires);
    if (expires === null) return;
    const wait = Math.max(LEAST, 0.8 * (this.#expires - Date.now()));
    this.#timer = setTimeout(due, Math.min(wait, LONGEST));
  }

  /** The connection is gone: nothing is due. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The server did not accept the token: the next connection gets a new one. */
  forget(): void {
    this.#token = null;
  }
}
