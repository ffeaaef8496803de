/** The codes that the client itself acts upon, so that a page without the others need not load them. */
export const TOKEN_EXPIRED = 4001;
export const RATE = 4003;

/** The close codes of protocol v1, by name. */
export const CloseCode = {
  serviceRestart: 1012,
  goingAway: 4000,
  tokenExpired: TOKEN_EXPIRED,
  slowConsumer: 4002,
  rate: RATE,
  helloTimeout: 4004,
  unavailable: 4005,
  full: 4006,
  disconnected: 4007,
  unauthorised: 4500,
  revoked: 4501,
  forbiddenOrigin: 4502,
  connectionLimit: 4503,
  badProtocol: 4504,
  frameTooLarge: 4505,
  topicForbidden: 4506,
  notFound: 4507,
  blocked: 4508,
} as const;

const WORDS: Readonly<Record<keyof typeof CloseCode, string>> = {
  serviceRestart: "The server is restarting.",
  goingAway: "The server is handing its connections over.",
  tokenExpired: "The sign-in has expired.",
  slowConsumer: "This page was too slow to keep up.",
  rate: "This page sent too much at once.",
  helloTimeout: "The connection took too long to begin.",
  unavailable: "The service is not available at the moment.",
  full: "The server has as many connections as it takes.",
  disconnected: "An operator closed this connection.",
  unauthorised: "You are not signed in.",
  revoked: "Your access was withdrawn.",
  forbiddenOrigin: "This site is not allowed to connect.",
  connectionLimit: "You have too many pages open.",
  badProtocol: "This page and the server do not understand each other. Reload the page.",
  frameTooLarge: "This page sent more than the server takes.",
  topicForbidden: "You may not follow this topic.",
  notFound: "There is nothing at this address.",
  blocked: "You are blocked. Ask who runs this service.",
};

/**
 * What a close code means, as a sentence for people; "" for a code that protocol v1 does not name.
 * Servers may drop the reason of a close on its way, the code always arrives.
 */
export function closeReason(code: number): string {
  const names = Object.keys(CloseCode) as (keyof typeof CloseCode)[];
  return WORDS[names.find((name) => CloseCode[name] === code)!] ?? "";
}

/** True for the codes after which trying again cannot help until something changes: 4500 to 4999. */
export function isRefusal(code: number): boolean {
  return code >= 4500;
}
