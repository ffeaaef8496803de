/** What a connection token says of itself. Only the server can tell whether it is true. */
export interface Claims {
    /** The recipient. */
    readonly sub?: unknown;
    /** When it ends, in Unix seconds. */
    readonly exp?: unknown;
}
/** Reads a JWT's claims; none of what is no JWT. */
export declare function claimsOf(token: string): Claims;
