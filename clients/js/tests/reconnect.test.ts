import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { closeReason } from "../src/index.js";
import { Browser, becomes, next } from "./pages.js";
import { EPOCH, ScriptedServer, entry, notificationId, welcome } from "./scriptedserver.js";

let server: ScriptedServer;
let browser: Browser;

beforeEach(async () => {
  server = await ScriptedServer.start();
  browser = new Browser(server);
});

afterEach(async () => {
  browser.close();
  await server.stop();
});

describe("coming back", () => {
  it("names its cursors after the line was cut, and shows what it missed", async () => {
    const { client, peer, shown } = await browser.live();
    peer.send(entry("user:alice", 1, "a"), entry("user:alice", 2, "b"));
    await next(client, "notification");
    await peer.frame();
    peer.cut();
    const again = await browser.welcomed(client, { streams: { "user:alice": 2, everyone: 0 }, heads: { "user:alice": 3, everyone: 0 } });
    expect(again.hello).toMatchObject({ resume: { "user:alice": 2, everyone: 0 }, epoch: EPOCH });
    const caughtUp = next(client, "caughtup");
    again.peer.send(entry("user:alice", 3, "c", true));
    await caughtUp;
    expect(shown).toEqual(["a", "b", "c"]);
  });

  it("tells that it is offline, why, and when it tries again", async () => {
    const { client, peer } = await browser.live();
    const offline = becomes(client, "offline");
    peer.close(4000);
    expect(await offline).toMatchObject({
      code: 4000,
      retryIn: expect.any(Number),
    });
    expect(client.readyState).toBe(WebSocket.CONNECTING);
    await browser.welcomed(client);
  });

  it("stays away after a refusal, until it is told to connect", async () => {
    const { client, peer } = await browser.live();
    const refused = becomes(client, "refused");
    peer.close(4501, "key withdrawn");
    expect(await refused).toEqual({ status: "refused", code: 4501, reason: "key withdrawn", retryIn: null });
    expect(client.readyState).toBe(WebSocket.CLOSED);
    client.connect();
    await browser.welcomed(client);
  });

  it("tells the code of a refusal whose reason was lost on the way, which means something to people", async () => {
    const client = browser.page();
    const refused = becomes(client, "refused");
    client.connect();
    (await server.peer()).close(4500);
    const { code, reason } = await refused;
    expect([code, reason, closeReason(code), closeReason(1006)]).toEqual([4500, "", "You are not signed in.", ""]);
  });

  it("sends what was asked for while offline", async () => {
    const { client, peer } = await browser.live();
    const offline = becomes(client, "offline");
    peer.cut();
    await offline;
    const [a, b, c] = [notificationId(1), notificationId(2), notificationId(3)];
    client.read([a]);
    client.read([b, c]);
    client.follow("t");
    const { peer: second } = await browser.welcomed(client);
    expect(await second.frame()).toEqual({ type: "read", ids: [a, b, c] });
    expect(await second.frame()).toEqual({ type: "follow", topic: "t" });
  });
});

describe("pages of one browser", () => {
  it("resume from what any of them has shown, at the next load", async () => {
    const first = await browser.live();
    first.peer.send(entry("user:alice", 1));
    await first.peer.frame();
    const second = await browser.live({ streams: { "user:alice": 1, everyone: 0 } });
    expect(second.hello).toMatchObject({ resume: { "user:alice": 1, everyone: 0 }, epoch: EPOCH });
  });

  it("come back each from its own cursor", async () => {
    const behind = await browser.live();
    const ahead = await browser.live();
    ahead.peer.send(entry("user:alice", 1));
    await ahead.peer.frame();
    behind.peer.cut();
    const again = await browser.welcomed(behind.client);
    expect(again.hello).toMatchObject({ resume: { "user:alice": 0, everyone: 0 } });
    again.peer.send(entry("user:alice", 1, "a", true));
    await again.peer.frame();
    expect(behind.shown).toEqual(["a"]);
  });

  it("begin again when the cursors were another person's", async () => {
    await browser.live({ user: "bob", streams: { "user:bob": 2, everyone: 3 } });
    await browser.live({ user: "alice", streams: { "user:alice": 1, everyone: 9 } }, { user: "alice" });
    const client = browser.page();
    client.connect();
    const misled = await server.peer();
    expect(await misled.frame()).toMatchObject({ resume: { "user:alice": 1, everyone: 9 } });
    misled.send(welcome({ user: "bob", streams: { "user:bob": 2, everyone: 9 } }), entry("everyone", 10));
    const { hello, peer } = await browser.welcomed(client, { user: "bob", streams: { "user:bob": 2, everyone: 3 } });
    expect(hello).toMatchObject({ resume: { "user:bob": 2, everyone: 3 } });
    expect(misled.unheard).toBe(0);
    peer.send(entry("everyone", 4));
    expect(await peer.frame()).toEqual({ type: "ack", streams: { everyone: 4 } });
  });
});
