import * as threads from "node:worker_threads";

import { vi } from "vitest";

import { type ClientFrame, type NotifierClient, type NotifierOptions } from "../src/index.js";
import { Browser } from "./pages.js";
import type { Peer, welcome } from "./scriptedserver.js";

/** Lets the pages of a test find each other, as the tabs of a browser do: with the platform's own locks. */
export function letTabsShare(): void {
  Object.defineProperty(navigator, "locks", { value: Reflect.get(threads, "locks"), configurable: true });
}

export function keepTabsApart(): void {
  Reflect.deleteProperty(navigator, "locks");
}

/** Gets tokens that say whom they are for. */
export function tokensOf(user: string): () => Promise<string> {
  const claims = { sub: user, exp: Math.floor(Date.now() / 1_000) + 3_600 };
  return async () => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
}

/** Until this holds of what pages tell. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  await vi.waitFor(
    () => {
      if (!holds()) throw new Error(`in vain: ${what}`);
    },
    { timeout: 10_000, interval: 5 },
  );
}

/** Until the page is live, whichever page holds the socket. */
export async function live(client: NotifierClient): Promise<void> {
  await until(() => client.status === "live", "to be live");
}

/** What a page showed, in order. */
export function shownBy(client: NotifierClient): string[] {
  const shown: string[] = [];
  client.addEventListener("notification", ({ detail }) => shown.push(detail.notification.id));
  return shown;
}

/** The next frame that is no acknowledgement, and does not tell of a page. */
export async function command(peer: Peer): Promise<ClientFrame> {
  for (;;) {
    const frame = await peer.frame();
    if (frame.type !== "ack" && frame.type !== "page") return frame;
  }
}

interface Tab {
  readonly client: NotifierClient;
  readonly shown: string[];
}

/** A browser with tabs of alice's. */
export class SharingBrowser extends Browser {
  /** A page that begins to connect, and what it shows. */
  open(options: Partial<NotifierOptions> = {}): Tab {
    const client = this.page({ getToken: tokensOf("alice"), ...options });
    const shown = shownBy(client);
    client.connect();
    return { client, shown };
  }

  /** The first page, which leads, and its peer. */
  async leader(fields: Parameters<typeof welcome>[0] = {}): Promise<Tab & { readonly peer: Peer }> {
    const page = this.open();
    return { ...page, ...(await this.welcomed(page.client, fields)) };
  }

  /** Another page, which lives off the first. */
  async follower(): Promise<Tab> {
    const page = this.open();
    await live(page.client);
    return page;
  }
}
