/**
 * The recipient that a connection token (a JWT) names; undefined for what is no JWT, or names none. Only the server can tell whether it is true.
 */
export const subjectOf = (token: string): unknown => {
  try {
    const payload = atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(payload, (each) => each.charCodeAt(0)))).sub;
  } catch {
    return undefined;
  }
};
