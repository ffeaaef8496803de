/** A token with less than this left, in milliseconds, is not used for a new connection. */
const MARGIN = 30_000;

/** The least time between two refreshes, in milliseconds, whatever the clocks say. */
const LEAST = 5_000;

/** The longest time that a timer waits for, in milliseconds: some more would run it at once. */
const LONGEST = 2_000_000_000;

export type Credential = ReturnType<typeof createCredential>;

/**
 * The connection token: asked for when one is needed, used again for reconnects while it lasts, and renewed
 * ahead of its end. The server tells when that is, in its welcome, or by not accepting the token any more.
 */
export function createCredential(getToken: () => Promise<string>) {
  let token = "";
  let expires = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** A new token, which becomes the one at hand. */
  const renew = async (): Promise<string> => {
    token = await getToken();
    if (!token) throw new TypeError("getToken() gave none");
    expires = Infinity;
    return token;
  };

  /** The connection is gone: nothing is due. */
  const rest = (): void => clearTimeout(timer);

  return {
    renew,
    rest,

    /** A token to connect with: the one at hand while it lasts, so that a restart of the server asks for none. */
    async current(): Promise<string> {
      return token && expires - Date.now() > MARGIN ? token : renew();
    },

    /**
     * The server accepted the token.
     *
     * @param end when it ends (UTC, ISO 8601), or null for never
     * @param due called when 80 % of its life are over
     */
    accepted(end: string | null, due: () => void): void {
      rest();
      expires = end ? Date.parse(end) : Infinity;
      timer = setTimeout(due, Math.min(Math.max(LEAST, 0.8 * (expires - Date.now())), LONGEST));
    },

    /** The server did not accept the token: the next connection gets a new one. */
    forget(): void {
      token = "";
    },
  };
}
