import { NotifierClient } from "../client.js";
import { listen } from "../listen.js";
import { sharedTabs } from "../sharing.js";

interface Shared {
  readonly client: NotifierClient;
  users: number;
}

const shared = new Map<string, Shared>();

async function token(url: string): Promise<string> {
  const response = await fetch(url, { cache: "no-store" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const text = (await response.text()).trim();
  return text.startsWith("{") ? (JSON.parse(text) as { token: string }).token : text;
}

/**
 * The page's one client for an address, which is connected as long as someone uses it.
 *
 * @param tokenUrl where a connection token is got, as text or as `{"token"}`; "" for the session cookie
 * @param signal gives it back
 */
export function borrow(url: string, tokenUrl: string, signal: AbortSignal): NotifierClient {
  const key = `${new URL(url, document.baseURI)} ${tokenUrl}`;
  const found = shared.get(key) ?? {
    client: new NotifierClient({ url, tabs: sharedTabs, ...(tokenUrl && { getToken: () => token(tokenUrl) }) }),
    users: 0,
  };
  shared.set(key, found);
  found.users += 1;
  // Whoever borrowed it adds its listeners first.
  queueMicrotask(() => found.client.status === "offline" && found.client.connect());
  listen(signal, "abort", () => {
    if (--found.users) return;
    shared.delete(key);
    found.client.close();
  });
  return found.client;
}
