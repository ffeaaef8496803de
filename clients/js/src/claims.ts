/** What a connection token says of itself. Only the server can tell whether it is true. */
export interface Claims {
  /** The recipient. */
  readonly sub?: unknown;
}

/** Reads a JWT's claims; none of what is no JWT. */
export function claimsOf(token: string): Claims {
  try {
    const payload = atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(payload, (each) => each.charCodeAt(0)))) ?? {};
  } catch {
    return {};
  }
}
