// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { ClientFrame } from "../src/index.js";
import { type Peer, ScriptedServer, entry, notificationId, welcome } from "./scriptedserver.js";
import { SharingBrowser, command, keepTabsApart, letTabsShare, live, until } from "./sharing.js";
import { reveal } from "./visibility.js";

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

const alices = (seq: number): Parameters<typeof welcome>[0] => ({
  streams: { "user:alice": seq, everyone: 0 },
  heads: { "user:alice": seq, everyone: 0 },
});

/** The connection that resumes from there. One that was opened before a tab told that it is behind is given up. */
async function resumed(seq: number): Promise<{ peer: Peer; hello: ClientFrame }> {
  for (;;) {
    const peer = await server.peer();
    const hello = await Promise.race([peer.frame(), peer.ended()]);
    if ("resume" in hello && hello.resume?.["user:alice"] === seq) return { peer, hello };
  }
}

describe("when the one that leads goes", () => {
  it("another goes on where it was itself, without loss or repetition", async () => {
    const first = await browser.leader();
    const second = await browser.follower();
    first.peer.send(entry("user:alice", 1, "a"), entry("user:alice", 2, "b"));
    await until(() => second.shown.length === 2, "two to be shown");
    first.client.close();
    const peer = await server.peer();
    expect(await peer.frame()).toMatchObject({ type: "hello", resume: { "user:alice": 2, everyone: 0 } });
    peer.send(welcome(alices(2)), entry("user:alice", 3, "c"));
    await until(() => second.shown.length === 3, "the third to be shown");
    expect(second.shown).toEqual(["a", "b", "c"]);
    expect(second.client.leads).toBe(true);
  });

  it("the next resumes where the last of the others is, and shows nothing twice", async () => {
    const first = await browser.leader();
    const second = await browser.follower();
    const third = await browser.follower();
    first.peer.send(entry("user:alice", 1, "a"), entry("user:alice", 2, "b"));
    for (const { shown } of [second, third]) await until(() => shown.length === 2, "two to be shown");
    // A tab that missed the second, whatever the reason.
    const behind = new BroadcastChannel(`notifier ${server.url} alice 2`);
    behind.onmessage = ({ data }) => {
      const hello = { type: "hello", epoch: welcome().epoch, resume: { "user:alice": 1, everyone: 0, "topic:x": 5 } };
      if (data?.lead) behind.postMessage({ from: "behind", ask: JSON.stringify(hello), at: Date.now() });
    };
    first.client.close();
    const { peer, hello } = await resumed(1);
    expect(hello).toMatchObject({ resume: { "user:alice": 1, everyone: 0 } });
    peer.send(welcome({ ...alices(1), heads: { "user:alice": 2, everyone: 0 } }));
    peer.send(entry("user:alice", 2, "b", true), entry("user:alice", 3, "c"));
    for (const { shown } of [second, third]) {
      await until(() => shown.length === 3, "the third to be shown");
      expect(shown).toEqual(["a", "b", "c"]);
    }
    behind.close();
  });

  it("who woke and missed something is told of it, and nothing is shown twice", async () => {
    const first = await browser.leader();
    const second = await browser.follower();
    first.peer.send(entry("user:alice", 1, "a"), entry("user:alice", 2, "b"));
    for (const { shown } of [first, second]) await until(() => shown.length === 2, "two to be shown");
    const asleep = new BroadcastChannel(`notifier ${server.url} alice 2`);
    const heard: string[] = [];
    asleep.onmessage = ({ data }) => heard.push(String(data?.text));
    const hello = { type: "hello", epoch: welcome().epoch, resume: { "user:alice": 1, everyone: 0 } };
    asleep.postMessage({ from: "asleep", ask: JSON.stringify(hello), at: Date.now() });
    const { peer } = await resumed(1);
    peer.send(welcome({ ...alices(1), heads: { "user:alice": 2, everyone: 0 } }));
    peer.send(entry("user:alice", 2, "b", true), entry("user:alice", 3, "c"));
    await until(() => heard.some((text) => text.includes('"seq":2')), "it to be told of the second");
    for (const { shown, client } of [first, second]) {
      await until(() => shown.length === 3, "the third to be shown");
      expect(shown).toEqual(["a", "b", "c"]);
      expect(client.status).toBe("live");
    }
    asleep.close();
  });

  it("the page that is left makes way at once, and joins again when it is returned to", async () => {
    const first = await browser.leader();
    const second = await browser.follower();
    // Both pages of this test are one window's.
    window.dispatchEvent(new Event("pagehide"));
    expect((await first.peer.ended()).code).not.toBe(1006);
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    const peer = await server.peer();
    await peer.frame();
    peer.send(welcome());
    await live(first.client);
    await live(second.client);
    expect([first.client.leads, second.client.leads].filter(Boolean)).toHaveLength(1);
  });

  it("what it was asked for and has not done is asked for again of the next", async () => {
    const name = `notifier ${server.url} alice 2`;
    const first = await browser.leader();
    const second = await browser.follower();
    // From now on nobody hears what is said to the first.
    const deaf = navigator.locks.request(name, { steal: true }, async () => {
      const channel = new BroadcastChannel(name);
      let heard = "";
      channel.onmessage = ({ data }) => {
        const { from, ask = "" } = data as { from: string; ask?: string };
        heard += ask;
        if (ask.includes('"hello"')) channel.postMessage({ from: "deaf", to: from, text: JSON.stringify(welcome()) });
      };
      channel.postMessage({ from: "deaf", lead: true });
      await until(() => !first.client.leads, "it to follow");
      second.client.read([notificationId(1)]);
      await until(() => heard.includes('"read"'), "it to be asked");
      channel.close();
    });
    await deaf;
    const peer = await server.peer();
    await peer.frame();
    second.client.markUnread([notificationId(1)]); // What came first is first, or it would be read in the end.
    peer.send(welcome());
    expect(await command(peer)).toEqual({ type: "read", ids: [notificationId(1)] });
    expect(await command(peer)).toEqual({ type: "unread", ids: [notificationId(1)] });
  });

  it("a lock whose holder does not answer is taken from it", async () => {
    const name = `notifier ${server.url} alice 2`;
    const lost = navigator.locks.request(name, () => new Promise(() => {})).catch(() => "lost");
    const page = browser.open();
    expect(await lost).toBe("lost");
    await browser.welcomed(page.client);
    expect(page.client.leads).toBe(true);
  });

  it("the one that lost the lock follows", async () => {
    const first = await browser.leader();
    const second = browser.open();
    await live(second.client);
    const name = `notifier ${server.url} alice 2`;
    const taken = navigator.locks.request(name, { steal: true }, async () => {
      const channel = new BroadcastChannel(name);
      channel.postMessage({ from: "thief", lead: true });
      await until(() => !first.client.leads, "it to follow");
      channel.close();
    });
    await taken;
    expect((await first.peer.ended()).code).not.toBe(1006);
    // The thief is gone: one of the two leads again.
    const peer = await server.peer();
    await peer.frame();
    peer.send(welcome());
    await live(first.client);
    await live(second.client);
  });
});
