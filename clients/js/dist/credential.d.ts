/**
 * The connection token: asked for when one is needed, used again for reconnects while it lasts, and renewed
 * ahead of its end.
 */
export declare class Credential {
    #private;
    constructor(getToken: () => Promise<string>);
    /** A token to connect with: the one at hand while it lasts, so that a restart of the server asks for none. */
    current(): Promise<string>;
    /** A new token. It becomes the one at hand if it tells how long it lasts, or when the server does. */
    renew(): Promise<string>;
    /**
     * The server accepted the token.
     *
     * @param expires when it ends (UTC, ISO 8601), or null for never
     * @param due called when 80 % of its life are over
     */
    accepted(expires: string | null, due: () => void): void;
    /** The connection is gone: nothing is due. */
    rest(): void;
    /** The server did not accept the token: the next connection gets a new one. */
    forget(): void;
}
