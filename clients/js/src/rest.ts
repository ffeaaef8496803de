import type { Credential } from "./credential.js";
import type { InboxItem } from "./frames.js";
import { fault } from "./parse.js";

/** What of the inbox is listed: all that is not archived, what of it is unread, or the archive. */
export type InboxView = "all" | "unread" | "archived";

export interface InboxQuery {
  /** `next` of the page before; without it the newest page. */
  readonly cursor?: string | null;
  /** How many at most, 1 to 100; 50 unless given. */
  readonly limit?: number;
  readonly view?: InboxView;
  readonly signal?: AbortSignal;
}

/** A page of the inbox, newest first. */
export interface InboxPage {
  readonly notifications: readonly InboxItem[];
  /** The cursor of the page after it, or null at the end. */
  readonly next: string | null;
  /** Unread notifications in the whole inbox, whatever the view. */
  readonly unread: number;
}

/** Why the inbox could not be read. */
export class InboxError extends Error {
  /** The status of the HTTP answer; 0 when there was none. */
  declare readonly status: number;
  /**
   * The `code` of the server's problem document, or one of this client: `unreachable` (no answer), `malformed` (an answer
   * that is none), `token_unavailable` (getToken failed).
   */
  declare readonly code: string;

  constructor(status: number, code: string, message: unknown) {
    super(String(message));
    this.status = status;
    this.code = code;
  }
}

/**
 * Reads from the REST API, with the credential of the socket.
 *
 * @param path below the base address
 * @param fields what the answer must have, written as those of frames
 * @throws InboxError, or what `signal` was aborted with
 */
export type Api = (path: string, fields: string, signal?: AbortSignal | null, isRepeated?: boolean) => Promise<any>;

/** @param base the address of the API, which ends in a slash */
export function createApi(base: string, credential: Credential | null): Api {
  return async function get(path, fields, signal = null, isRepeated = false) {
    let [status, code] = [0, "token_unavailable"];
    try {
      const token = await credential?.current();
      code = "unreachable";
      const answer = await fetch(base + path, { headers: token ? { Authorization: `Bearer ${token}` } : {}, signal });
      ({ status } = answer);
      if (status === 401 && !isRepeated) {
        credential?.forget();
        return get(path, fields, signal, true);
      }
      code = "malformed";
      const body = await answer.json();
      if (answer.ok && !fault(body, fields)) return body;
      if (!answer.ok) ({ code } = body);
      throw body.detail;
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new InboxError(status, code, error);
    }
  };
}

export function readInbox(api: Api, { signal, ...query }: InboxQuery): Promise<InboxPage> {
  const given = Object.entries(query).filter(([, value]) => value) as [string, string][];
  return api(`inbox?${new URLSearchParams(given)}`, "notifications:at next:0s unread:nz", signal);
}
