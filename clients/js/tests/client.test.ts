import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Browser, becomes, next } from "./pages.js";
import { ScriptedServer, entry, notificationId } from "./scriptedserver.js";

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

describe("connecting", () => {
  it("says hello without cursors at the first visit, and is open from the welcome on", async () => {
    const client = browser.page();
    expect([client.status, client.readyState]).toEqual(["offline", WebSocket.CLOSED]);
    client.connect();
    expect([client.status, client.readyState]).toEqual(["connecting", WebSocket.CONNECTING]);
    const { peer, hello } = await browser.welcomed(client, { unread: 3 });
    expect(peer.protocols).toEqual(["notifier.v1"]);
    expect(hello).toEqual({ type: "hello", client: "notifier.js/0.1.0" });
    expect([client.status, client.readyState, client.user, client.unread]).toEqual(["live", 1, "alice", 3]);
  });

  it("tells the unread count at once", async () => {
    const client = browser.page();
    const state = next(client, "state");
    client.connect();
    await browser.welcomed(client, { unread: 3 });
    expect(await state).toMatchObject({ unread: 3, read: [], all: false });
  });

  it("closes when it is told to, and connects again", async () => {
    const { client, peer } = await browser.live();
    client.close(3000, "bye");
    expect(client.readyState).toBe(WebSocket.CLOSING);
    expect(await peer.ended()).toEqual({ code: 3000, reason: "bye" });
    if (client.readyState !== WebSocket.CLOSED) await becomes(client, "offline");
    expect(client.readyState).toBe(WebSocket.CLOSED);
    client.connect();
    await browser.welcomed(client);
  });

  it("can be closed and connected in one breath", async () => {
    const { client } = await browser.live();
    client.close();
    client.connect();
    await browser.welcomed(client);
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  it("does not stumble over frames that it does not know or that are broken", async () => {
    const { client, peer, shown } = await browser.live();
    const error = next(client, "error");
    peer.send({ type: "confetti" });
    peer.text('{"type": "notification", "stream": 7}');
    peer.send(entry("user:alice", 1, "a"));
    expect(await error).toMatchObject({ code: "malformed_frame" });
    if (shown.length === 0) await next(client, "notification");
    expect(shown).toEqual(["a"]);
  });

  it("passes the server's errors on", async () => {
    const { client, peer } = await browser.live();
    const error = next(client, "error");
    client.follow("secret");
    expect(await peer.frame()).toEqual({ type: "follow", topic: "secret" });
    peer.send({ type: "error", code: "topic_forbidden", message: "No.", field: "topic" } as never);
    expect(await error).toMatchObject({ code: "topic_forbidden", message: "No.", field: "topic" });
  });

  it("reads an http address as the socket's", async () => {
    const client = browser.page({ url: server.url.replace("ws:", "http:") });
    client.connect();
    await browser.welcomed(client);
    expect(() => browser.page({ url: "ftp://example.com/" })).toThrow(TypeError);
  });
});

describe("handling notifications", () => {
  it("drops what is not above the cursor", async () => {
    const { client, peer, shown } = await browser.live({ streams: { "user:alice": 5 }, heads: { "user:alice": 5 } });
    const came = next(client, "notification");
    peer.send(entry("user:alice", 4), entry("user:alice", 5), entry("user:alice", 6, "new"));
    await came;
    expect(shown).toEqual(["new"]);
  });

  it("shows what comes through two streams once, and goes on in both", async () => {
    const { peer, shown } = await browser.live();
    peer.send(entry("user:alice", 1, "a"), entry("everyone", 1, "a"));
    expect(await peer.frame()).toEqual({ type: "ack", streams: { "user:alice": 1, everyone: 1 } });
    expect(shown).toEqual(["a"]);
  });

  it("takes a hole for no loss", async () => {
    const { peer, shown } = await browser.live();
    peer.send(entry("user:alice", 3, "a"), entry("user:alice", 90, "b"));
    expect(await peer.frame()).toEqual({ type: "ack", streams: { "user:alice": 90 } });
    expect(shown).toEqual(["a", "b"]);
  });

  it("lets what is for many wait for as long as the server says, or for what is the person's own", async () => {
    const { client, peer } = await browser.live({ patience: 60 });
    const came = next(client, "notification");
    peer.send(entry("everyone", 1, "a"));
    await came;
    await new Promise((resolve) => setTimeout(resolve, 300));
    peer.send(entry("user:alice", 1, "b"));
    expect(await peer.frame()).toEqual({ type: "ack", streams: { "user:alice": 1, everyone: 1 } });
  });

  it("is not patient with many", async () => {
    const { peer } = await browser.live({ patience: 60 });
    peer.send(...Array.from({ length: 90 }, (_, index) => entry("everyone", index + 1)));
    expect(await peer.frame()).toEqual({ type: "ack", streams: { everyone: 90 } });
  });

  it("acknowledges a burst in few frames, the newest last", async () => {
    const { peer, shown } = await browser.live();
    peer.send(...Array.from({ length: 450 }, (_, index) => entry("user:alice", index + 1)));
    const acknowledged: number[] = [];
    while (acknowledged.at(-1) !== 450) {
      const frame = await peer.frame();
      if (frame.type === "ack") acknowledged.push(frame.streams["user:alice"] ?? 0);
    }
    expect(shown.length).toBe(450);
    expect(acknowledged.length).toBeLessThanOrEqual(5);
    expect(acknowledged).toEqual([...acknowledged].sort((a, b) => a - b));
  });

  it("saves the cursor after the listeners ran, and before it acknowledges", async () => {
    const { client, peer } = await browser.live();
    const stored = (): string => browser.storage.getItem(`notifier:cursors ${server.url} alice`) ?? "";
    let meanwhile = "";
    client.addEventListener("notification", () => (meanwhile = stored()));
    peer.send(entry("user:alice", 1));
    await peer.frame();
    expect(meanwhile).toContain('"user:alice":0');
    expect(stored()).toContain('"user:alice":1');
  });

  it("delivers to everyone although a listener throws", async () => {
    // Node reports what a listener throws as an uncaught exception, where browsers write it to the console.
    const reported: unknown[] = [];
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => reported.push(error));
    try {
      const client = browser.page();
      const shown: string[] = [];
      client.addEventListener("notification", () => {
        throw new Error("a fault of the page");
      });
      client.addEventListener("notification", ({ detail }) => shown.push(detail.notification.id));
      client.connect();
      const { peer } = await browser.welcomed(client);
      peer.send(entry("user:alice", 1, "a"), entry("user:alice", 2, "b"));
      expect(await peer.frame()).toEqual({ type: "ack", streams: { "user:alice": 2 } });
      expect(shown).toEqual(["a", "b"]);
      expect(reported.length).toBe(2);
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const other of others) process.on("uncaughtException", other);
    }
  });

  it("saves what was handled when a listener closes the client", async () => {
    const { client, peer } = await browser.live();
    client.addEventListener("notification", () => client.close());
    peer.send(entry("user:alice", 1), entry("user:alice", 2));
    await peer.ended();
    const { hello } = await browser.live({ streams: { "user:alice": 1, everyone: 0 } });
    expect(hello).toMatchObject({ resume: { "user:alice": 1 } });
  });

  it("tells when all that was missed has come", async () => {
    const { client, peer, shown } = await browser.live({ heads: { "user:alice": 2, everyone: 1 } });
    const caughtUp = next(client, "caughtup");
    peer.send(entry("user:alice", 2, "a", true), entry("everyone", 1, "a", true));
    await caughtUp;
    expect(shown).toEqual(["a"]);
  });

  it("handles a stream again from where a reset puts it", async () => {
    const { client, peer, shown } = await browser.live({ streams: { "user:alice": 41 }, heads: { "user:alice": 41 } });
    const reset = next(client, "reset");
    peer.send({ type: "reset", stream: "user:alice", oldest: 12, seq: 11 } as never, entry("user:alice", 12, "a"));
    expect(await reset).toMatchObject({ oldest: 12, seq: 11 });
    expect(await peer.frame()).toEqual({ type: "ack", streams: { "user:alice": 12 } });
    expect(shown).toEqual(["a"]);
    client.close();
    const { hello } = await browser.live();
    expect(hello).toMatchObject({ resume: { "user:alice": 12 } });
  });

  it("goes on past entries that a reset brings again, without showing them again", async () => {
    const { peer, shown } = await browser.live();
    peer.send(entry("user:alice", 5, "a"));
    await peer.frame();
    peer.send({ type: "reset", stream: "user:alice", oldest: 1, seq: 0 } as never, entry("user:alice", 5, "a"));
    expect(await peer.frame()).toEqual({ type: "ack", streams: { "user:alice": 5 } });
    expect(shown).toEqual(["a"]);
  });
});

describe("read and unread", () => {
  it("counts what comes, and takes over what the server counts", async () => {
    const { client, peer } = await browser.live({ unread: 3 });
    const [a, b] = [notificationId(1), notificationId(2)];
    peer.send(entry("user:alice", 1, a), entry("user:alice", 2, b));
    await peer.frame();
    expect(client.unread).toBe(5);
    client.read([a]);
    expect(await peer.frame()).toEqual({ type: "read", ids: [a] });
    const state = next(client, "state");
    peer.send({ type: "state", unread: 3, heads: { "user:alice": 1, everyone: 0 }, read: [a], all: false } as never);
    expect(await state).toMatchObject({ unread: 4, read: [a], all: false });
    client.readAll();
    expect(await peer.frame()).toEqual({ type: "read", all: true });
  });

  it("keeps to the pace that the server allows", async () => {
    const { client, peer } = await browser.live();
    for (let index = 0; index < 12; index += 1) client.follow(`t${index}`);
    const begin = Date.now();
    for (let index = 0; index < 12; index += 1) expect(await peer.frame()).toEqual({ type: "follow", topic: `t${index}` });
    expect(Date.now() - begin).toBeGreaterThan(800);
  });

  it("carries a followed topic from where it begins, and no more once it is unfollowed", async () => {
    const { client, peer, shown } = await browser.live();
    const followed = next(client, "followed");
    peer.send(
      { type: "followed", topic: "t", stream: "topic:t", seq: 17 } as never,
      entry("topic:t", 17, "old"),
      entry("topic:t", 18, "new"),
    );
    expect(await followed).toMatchObject({ topic: "t", seq: 17 });
    await peer.frame();
    expect(shown).toEqual(["new"]);
    const unfollowed = next(client, "unfollowed");
    peer.send({ type: "unfollowed", topic: "t", stream: "topic:t" } as never);
    await unfollowed;
    client.close();
    const { hello } = await browser.live();
    expect(hello).toMatchObject({ resume: { "user:alice": 0, everyone: 0 } });
  });
});

describe("silence", () => {
  it("pings when nothing was heard, and is content with any frame", async () => {
    const { client, peer } = await browser.live({ ping: 0.05 });
    expect(await peer.frame()).toEqual({ type: "ping" });
    peer.send({ type: "pong" });
    expect(await peer.frame()).toMatchObject({ type: "ping" });
    expect(client.status).toBe("live");
  });
});
