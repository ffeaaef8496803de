import * as threads from "node:worker_threads";

import { vi } from "vitest";

import { NotifierClient } from "../src/index.js";
import { next } from "./pages.js";

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

export { next };
