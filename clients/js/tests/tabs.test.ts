// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { becomes, next } from "./pages.js";
import { ScriptedServer, entry, notificationId, welcome } from "./scriptedserver.js";
import { SharingBrowser, command, keepTabsApart, letTabsShare, live, shownBy, tokensOf, until } from "./sharing.js";
import { hide, reveal } from "./visibility.js";

vi.setConfig({ testTimeout: 15_000 });

let server: ScriptedServer;
let browser: SharingBrowser;

beforeEach(async () => {
  letTabsShare();
  server = await ScriptedServer.start();
  browser = new SharingBrowser(server);
});

afterEach(async () => {
  browser.close();
  reveal();
  keepTabsApart();
  await server.stop();
});

describe("tabs of one person", () => {
  it("live off one socket, each shows each notification once", async () => {
    const first = await browser.leader();
    const second = await browser.follower();
    const third = await browser.follower();
    expect([first, second, third].map(({ client }) => client.leads)).toEqual([true, false, false]);
    first.peer.send(entry("user:alice", 1, "a"), entry("everyone", 1, "a"), entry("user:alice", 2, "b"));
    for (const { shown } of [first, second, third]) {
      await until(() => shown.length === 2, "two to be shown");
      expect(shown).toEqual(["a", "b"]);
    }
    expect([first, second, third].map(({ client }) => client.unread)).toEqual([2, 2, 2]);
  });

  it("are told apart: one is in front, and the one that closes is followed in that, too", async () => {
    const first = await browser.leader();
    const second = await browser.follower();
    const pages = [first.client, second.client];
    await until(() => pages.filter(({ inFront }) => inFront).length === 1, "one to be in front");
    const told = next(second.client, "front");
    first.client.close();
    await told;
    await until(() => second.client.inFront, "the other to be in front");
    hide();
    await until(() => !second.client.inFront, "nobody to be in front");
    reveal();
    await until(() => second.client.inFront, "somebody to be in front");
    await until(() => first.client.readyState === 3, "the first to be closed");
    expect([first.client.status, first.client.inFront]).toEqual(["offline", true]);
  });

  it("that come late get the present state, and nothing of what was shown before", async () => {
    const banner = { text: "Maintenance", level: "warning", until: null } as const;
    const { peer, client } = await browser.leader({ unread: 3, banner });
    peer.send(entry("user:alice", 1, "a"));
    await until(() => client.unread === 4, "it to be counted");
    const late = browser.page({ getToken: tokensOf("alice") });
    const shown = shownBy(late);
    const told = next(late, "banner");
    late.connect();
    expect(await told).toEqual(banner);
    await live(late);
    expect([late.unread, late.user, late.readyState, late.leads]).toEqual([4, "alice", 1, false]);
    peer.send(entry("user:alice", 2, "b"));
    await until(() => shown.length > 0, "the next to be shown");
    expect([shown, late.unread]).toEqual([["b"], 5]);
  });

  it("ask through the one that leads, and only what the server takes", async () => {
    const { peer } = await browser.leader();
    const { client } = await browser.follower();
    const id = notificationId(7);
    client.read([id]);
    client.readAll();
    client.markUnread([id]);
    client.archive([id]);
    client.unarchive([id]);
    client.follow("room.a");
    client.unfollow("room.a");
    const asked: unknown[] = [];
    while (asked.length < 7) asked.push(await command(peer));
    expect(asked).toEqual([
      { type: "read", ids: [id] },
      { type: "read", all: true },
      ...["unread", "archive", "unarchive"].map((type) => ({ type, ids: [id] })),
      { type: "follow", topic: "room.a" },
      { type: "unfollow", topic: "room.a" },
    ]);
  });

  it("tell where the person is: the page in front", async () => {
    const { peer } = await browser.leader();
    await browser.follower();
    hide();
    expect(await peer.frame()).toMatchObject({ type: "page", visible: false });
    reveal();
    expect(await peer.frame()).toMatchObject({ type: "page", visible: true });
    expect(peer.unheard).toBe(0);
  });

  it("show what the one that leads tells of its socket", async () => {
    const { peer, client: first } = await browser.leader();
    const { client } = await browser.follower();
    const offline = [first, client].map((each) => becomes(each, "offline"));
    peer.close(1012);
    const [its, told] = await Promise.all(offline);
    expect(told).toEqual(its);
    expect(told).toMatchObject({ code: 1012, retryIn: expect.any(Number) as number });
    expect(client.readyState).toBe(0);
    const again = await server.peer();
    await again.frame();
    again.send(welcome({ unread: 7 }));
    await live(client);
    expect(client.unread).toBe(7);
  });

  it("are refused together, and come back together", async () => {
    const first = await browser.leader();
    const { client } = await browser.follower();
    const refused = becomes(client, "refused");
    first.peer.close(4503);
    expect(await refused).toMatchObject({ code: 4503 });
    expect(client.readyState).toBe(3);
    window.dispatchEvent(new Event("online"));
    hide();
    reveal();
    expect(first.client.status).toBe("refused");
    client.connect();
    await browser.welcomed(client);
    expect(first.client.status).toBe("live");
  });

  it("find out through a ping whether the one that leads is alive", async () => {
    await browser.leader({ ping: 25 });
    const { client } = await browser.follower();
    const said: string[] = [];
    const channel = new BroadcastChannel(`notifier ${server.url} alice 2`);
    channel.onmessage = ({ data }) => said.push(String((data as { text?: string }).text));
    window.dispatchEvent(new Event("online"));
    await until(() => said.some((text) => text.includes('"pong"')), "a pong");
    channel.close();
    expect([client.status, client.leads]).toEqual(["live", false]);
  });

  it("each have their own socket unless they are let share", async () => {
    const first = await browser.live({}, { getToken: tokensOf("alice"), tabs: null });
    const second = await browser.live({}, { getToken: tokensOf("alice"), tabs: null });
    expect([first.client.leads, second.client.leads, first.client.inFront]).toEqual([true, true, true]);
  });
});

describe("people", () => {
  it("share nothing with each other", async () => {
    const hers = await browser.leader();
    const his = browser.open({ getToken: tokensOf("bob") });
    const { peer } = await browser.welcomed(his.client, { user: "bob", streams: {}, heads: {} });
    hers.peer.send(entry("user:alice", 1, "a"));
    await until(() => hers.shown.length === 1, "hers to be shown");
    expect([his.shown, his.client.leads]).toEqual([[], true]);
    expect(peer.unheard).toBe(0);
  });

  it("are those whom the server welcomes, whatever the page says", async () => {
    const bob = { user: "bob", streams: { "user:bob": 0 }, heads: { "user:bob": 0 } };
    const page = { getToken: undefined as never, user: "alice" };
    const first = browser.page(page);
    first.connect();
    await browser.welcomed(first, bob);
    const second = browser.page(page);
    second.connect();
    // It finds no tab of alice's, is welcomed as bob, and then finds his.
    const peer = await server.peer();
    await peer.frame();
    peer.send(welcome(bob));
    await until(() => first.leads !== second.leads, "one to follow the other");
    expect([first.user, second.user]).toEqual(["bob", "bob"]);
  });

  it("are asked for once more when a welcome names another", async () => {
    const first = await browser.leader();
    const second = await browser.follower();
    const name = `notifier ${server.url} alice 2`;
    expect(first.client.leads).toBe(true);
    first.peer.send(welcome({ user: "mallory", streams: {}, heads: {} }));
    await until(() => second.client.leads, "the other to lead");
    expect(second.client.user).toBe("alice");
    expect((await navigator.locks.query()).held?.some((lock) => lock.name === name)).toBe(true);
  });
});

describe("what is said between tabs", () => {
  it("is left alone when it is not understood", async () => {
    const first = await browser.leader();
    const second = await browser.follower();
    const channel = new BroadcastChannel(`notifier ${server.url} alice 2`);
    const status = { status: "live", code: 0, reason: "", retryIn: null };
    const nonsense = [
      null, 7, "x", [], {}, { from: 1 }, { from: "x", to: 1 }, { from: "x", ask: {} }, { from: "x", ask: 1 }, { from: "x", lead: false }, { from: "x", text: 1 },
      { from: "x", status: {} }, { from: "x", status: { ...status, status: "odd" } }, { from: "x", status: { ...status, retryIn: "1" } },
      ...["up", "{", "[]", "null", '{"type": "hello"}', '{"type": "hello", "resume": {"user:alice": -1}}'].map((ask) => ({ from: "x", ask })),
      { from: "x", ask: '{"type": "read", "ids": ["strange"]}' }, { from: "x", ask: '{"type": "follow", "topic": "a b"}' },
      { from: "x", status }, { from: "x", text: JSON.stringify(entry("user:alice", 9, "forged")) },
    ];
    const at = Date.now();
    for (const each of nonsense) channel.postMessage(typeof each === "object" && each !== null ? { at, ...each } : each);
    channel.postMessage({ from: "x", at: "now", ask: '{"type": "read", "all": true}' });
    channel.postMessage({ from: "x", at: at - 60_000, ask: '{"type": "read", "all": true}' });
    second.client.read([notificationId(1)]);
    expect(await command(first.peer)).toEqual({ type: "read", ids: [notificationId(1)] });
    first.peer.send(entry("user:alice", 1, "a"));
    await until(() => second.shown.length > 0, "it to be shown");
    expect([first.shown, second.shown]).toEqual([["a"], ["a"]]);
    channel.close();
  });
});
