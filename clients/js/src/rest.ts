import type { Credential } from "./credential.js";
import type { InboxItem } from "./frames.js";
import { isNotification, isObject } from "./parse.js";

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
  override name = "InboxError";
  /** The status of the HTTP answer; 0 when there was none. */
  readonly status: number;
  /**
   * The `code` of the server's problem document, or one of this client: `unreachable` (no answer), `malformed` (an answer
   * that is none), `token_unavailable` (getToken failed).
   */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The REST API, with the credential of the socket. */
export class Rest {
  readonly #base: string;
  readonly #credential: Credential | null;

  /** @param base the address of the API, which ends in a slash */
  constructor(base: string, credential: Credential | null) {
    this.#base = base;
    this.#credential = credential;
  }

  /** @throws InboxError, or what `signal` was aborted with */
  async inbox({ cursor, limit, view, signal }: InboxQuery): Promise<InboxPage> {
    const query = new URLSearchParams();
    if (cursor) query.set("cursor", cursor);
    if (limit !== undefined) query.set("limit", String(limit));
    if (view !== undefined) query.set("view", view);
    const search = String(query);
    const page = await this.#get(search === "" ? "inbox" : `inbox?${search}`, signal);
    if (!isPage(page)) throw new InboxError(200, "malformed", "The answer is no page of an inbox.");
    return page;
  }

  /** The recipient that the credential speaks for. @throws InboxError */
  async me(): Promise<string> {
    const { user } = await this.#get("me");
    if (typeof user !== "string") throw new InboxError(200, "malformed", "The answer names nobody.");
    return user;
  }

  async #get(path: string, signal?: AbortSignal, isRepeated = false): Promise<Record<string, unknown>> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (this.#credential !== null) {
      const token = await this.#credential.current().catch((error: unknown) => {
        throw new InboxError(0, "token_unavailable", String(error));
      });
      headers["Authorization"] = `Bearer ${token}`;
    }
    let answer: Response;
    let body: unknown;
    try {
      answer = await fetch(this.#base + path, { headers, ...(signal === undefined ? {} : { signal }) });
      body = await answer.json().catch(() => null);
    } catch (error) {
      signal?.throwIfAborted();
      throw new InboxError(0, "unreachable", String(error));
    }
    signal?.throwIfAborted();
    if (answer.ok && isObject(body)) return body;
    if (answer.status === 401 && this.#credential !== null && !isRepeated) {
      this.#credential.forget();
      return this.#get(path, signal, true);
    }
    const { code, detail } = isObject(body) ? body : {};
    const isProblem = typeof code === "string";
    throw new InboxError(answer.status, isProblem ? code : "malformed", String(detail ?? answer.statusText));
  }
}

function isPage(value: Record<string, unknown>): value is Record<string, unknown> & InboxPage {
  const { notifications, next, unread } = value;
  return (
    Array.isArray(notifications) &&
    notifications.every((item) => isNotification(item) && typeof (item as InboxItem).read === "boolean") &&
    (next === null || typeof next === "string") &&
    Number.isSafeInteger(unread)
  );
}
