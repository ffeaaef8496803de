/** What a connection token says of itself. Only the server can tell whether it is true. */
export interface Claims {
    /** The recipient. */
    readonly sub?: unknown;
}
/** Reads a JWT's claims; none of what is no JWT. */
export declare function claimsOf(token: string): Claims;
