/**
 * The recipient that a connection token (a JWT) names; undefined for what is no JWT, or names none. Only the server can tell whether it is true.
 */
export declare const subjectOf: (token: string) => unknown;
