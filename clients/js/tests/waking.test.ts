// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Browser, becomes, next } from "./pages.js";
import { ScriptedServer, entry } from "./scriptedserver.js";
import { hide, reveal } from "./visibility.js";

let server: ScriptedServer;
let browser: Browser;

beforeEach(async () => {
  server = await ScriptedServer.start();
  browser = new Browser(server);
});

afterEach(async () => {
  browser.close();
  reveal();
  await server.stop();
});

it("comes back at once when the network does", async () => {
  const { client, peer } = await browser.live();
  const offline = becomes(client, "offline");
  peer.close(4003); // The server asks to come back later: the wait is long.
  await offline;
  window.dispatchEvent(new Event("online"));
  expect(client.status).toBe("connecting");
  await browser.welcomed(client);
});

it("comes back at once when the page is looked at", async () => {
  const { client, peer } = await browser.live();
  const offline = becomes(client, "offline");
  peer.close(4003);
  await offline;
  hide();
  expect(client.status).toBe("offline");
  reveal();
  expect(client.status).toBe("connecting");
});

it("comes back at once when the page is turned to", async () => {
  const { client, peer } = await browser.live();
  const offline = becomes(client, "offline");
  peer.close(4003);
  await offline;
  window.dispatchEvent(new Event("focus"));
  expect(client.status).toBe("connecting");
});

it("does not come back by itself after a refusal", async () => {
  const { client, peer } = await browser.live();
  const refused = becomes(client, "refused");
  peer.close(4503);
  await refused;
  window.dispatchEvent(new Event("online"));
  hide();
  reveal();
  expect(client.status).toBe("refused");
});

it("makes sure of its connection when the network changes", async () => {
  const { peer } = await browser.live();
  window.dispatchEvent(new Event("online"));
  expect(await peer.frame()).toEqual({ type: "ping" });
});

it("pings at once after a sleep", async () => {
  const { peer } = await browser.live();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  hide();
  reveal();
  vi.useRealTimers();
  expect(await peer.frame()).toMatchObject({ type: "page", visible: false });
  expect(await peer.frame()).toMatchObject({ type: "page", visible: true });
  expect(await peer.frame()).toEqual({ type: "ping" });
});

it("tells how long its last ping took", async () => {
  const { peer } = await browser.live();
  window.dispatchEvent(new Event("online"));
  expect(await peer.frame()).toEqual({ type: "ping" });
  await new Promise((resolve) => setTimeout(resolve, 30));
  peer.send({ type: "pong" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  window.dispatchEvent(new Event("online"));
  const again = await peer.frame();
  expect(again).toEqual({ type: "ping", rtt: expect.any(Number) });
  expect((again as { rtt: number }).rtt).toBeGreaterThanOrEqual(28);
  expect((again as { rtt: number }).rtt).toBeLessThan(10_000);
});

it("tells where the page is, without what may be secret, and whether it is seen", async () => {
  window.history.replaceState(null, "", "/orders/1042?token=secret#part");
  const { peer, hello } = await browser.live();
  expect(hello).toMatchObject({ type: "hello", page: "/orders/1042", visible: true });
  hide();
  expect(await peer.frame()).toEqual({ type: "page", page: "/orders/1042", visible: false });
  window.history.replaceState(null, "", "/");
  reveal();
  expect(await peer.frame()).toEqual({ type: "page", page: "/", visible: true });
  reveal(); // Nothing new.
  window.dispatchEvent(new Event("online"));
  expect(await peer.frame()).toEqual({ type: "ping" });
});

it("stores and acknowledges what was handled when the page is left", async () => {
  const { client, peer } = await browser.live();
  const came = next(client, "notification");
  peer.send(entry("user:alice", 1));
  await came;
  window.dispatchEvent(new Event("pagehide"));
  expect(browser.storage.getItem(`notifier:cursors ${server.url} alice`)).toContain('"user:alice":1');
  expect(await peer.frame()).toEqual({ type: "ack", streams: { "user:alice": 1 } });
});
