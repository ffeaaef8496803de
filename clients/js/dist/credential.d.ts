export type Credential = ReturnType<typeof createCredential>;
/**
 * The connection token: asked for when one is needed, used again for reconnects while it lasts, and renewed
 * ahead of its end. The server tells when that is, in its welcome, or by not accepting the token any more.
 */
export declare function createCredential(getToken: () => Promise<string>): {
    renew: () => Promise<string>;
    rest: () => void;
    /** A token to connect with: the one at hand while it lasts, so that a restart of the server asks for none. */
    current(): Promise<string>;
    /**
     * The server accepted the token.
     *
     * @param end when it ends (UTC, ISO 8601), or null for never
     * @param due called when 80 % of its life are over
     */
    accepted(end: string | null, due: () => void): void;
    /** The server did not accept the token: the next connection gets a new one. */
    forget(): void;
};
