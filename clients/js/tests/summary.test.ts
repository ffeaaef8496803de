// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { attach } from "../src/elements/attach.js";
import { isNotificationId } from "../src/encode.js";
import { createWords } from "../src/elements/texts.js";
import { type ToastStack, createToastStack } from "../src/elements/toaststack.js";
import type { NotifierClient } from "../src/index.js";
import { Browser, next } from "./pages.js";
import "./animations.js";
import { ScriptedServer, entry, notification, notificationId } from "./scriptedserver.js";
import { hide, reveal } from "./visibility.js";

let server: ScriptedServer;
let browser: Browser;
let container: ShadowRoot;
let stop: AbortController;

beforeEach(async () => {
  server = await ScriptedServer.start();
  browser = new Browser(server);
  const host = document.createElement("div");
  document.body.replaceChildren(host);
  container = host.attachShadow({ mode: "open" });
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  browser.close();
  reveal();
  await server.stop();
});

function show(client: NotifierClient, max = 3): ToastStack {
  const options = { max, words: createWords({}, "en"), duration: 6_000, hotkey: "F8", seen: (ids: string[]) => client.seen(ids.filter(isNotificationId)) };
  const stack = createToastStack(container, options, stop.signal);
  attach(client, stack, container.host, stop.signal);
  return stack;
}

/** A page with toasts that missed so many of its person's notifications. */
async function pageThatMissed(count: number) {
  const client = browser.page();
  show(client);
  client.connect();
  return { client, ...(await browser.welcomed(client, { heads: { "user:alice": count, everyone: 0 } })) };
}

function replay(count: number) {
  return Array.from({ length: count }, (_, index) => entry("user:alice", index + 1, `n${index + 1}`, true));
}

function titles(): (string | null | undefined)[] {
  return [...container.querySelectorAll(".toast .text")].map((text) =>
    [".hidden", ".title"].map((each) => text.querySelector(each)?.textContent).join(""),
  );
}

/** Resolves as soon as a toast is there. */
function toast(): Promise<void> {
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (container.querySelector(".notifier-toast") === null) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(container, { childList: true, subtree: true });
  });
}

it("shows what is live at once", async () => {
  const { client, peer } = await pageThatMissed(0);
  peer.send(entry("user:alice", 1, "a"));
  await next(client, "notification");
  expect(titles()).toEqual(["Information: Title of a"]);
});

it("shows three that were missed one by one", async () => {
  const { client, peer } = await pageThatMissed(3);
  const caughtUp = next(client, "caughtup");
  peer.send(...replay(3));
  await caughtUp;
  expect(titles().length).toBe(3);
});

it("makes one toast of five hundred that were missed", async () => {
  const { client, peer } = await pageThatMissed(500);
  const caughtUp = next(client, "caughtup");
  peer.send(...replay(500));
  await caughtUp;
  expect(titles()).toEqual(["Information: 500 while you were away"]);
  expect(container.querySelector(".notifier-toast[data-id='']")).not.toBeNull();
});

it("shows that an error is among them, and stays as an error does", async () => {
  const { client, peer } = await pageThatMissed(4);
  const caughtUp = next(client, "caughtup");
  const error = { ...entry("user:alice", 4), replayed: true, notification: notification("e", { level: "error" }) };
  peer.send(...replay(3), error);
  await caughtUp;
  expect(titles()).toEqual(["Error: 4 while you were away"]);
});

it("does not wait for an entry that expired meanwhile", async () => {
  const { peer } = await pageThatMissed(9);
  const appears = toast();
  peer.send(...replay(8));
  await appears;
  expect(titles()).toEqual(["Information: 8 while you were away"]);
});

it("gathers what comes while the page is hidden", async () => {
  const { peer } = await pageThatMissed(0);
  hide();
  peer.send(...Array.from({ length: 5 }, (_, index) => entry("user:alice", index + 1)));
  await peer.frame();
  expect(titles()).toEqual([]);
  reveal();
  expect(titles()).toEqual(["Information: 5 while you were away"]);
});

describe("what was seen", () => {
  const [a, b, c] = [1, 2, 3].map(notificationId) as [string, string, string];

  it("is told in one frame, each once, after it was acknowledged", async () => {
    const { client, peer } = await pageThatMissed(0);
    peer.send(entry("user:alice", 1, a), entry("everyone", 1, a), entry("user:alice", 2, b));
    expect(await peer.frame()).toMatchObject({ type: "ack" });
    expect(await peer.frame()).toEqual({ type: "seen", ids: [a, b] });
    client.seen([a]);
    client.seen([c]);
    expect(await peer.frame()).toEqual({ type: "seen", ids: [c] });
  });

  it("is not what came to a hidden page, until it is visible", async () => {
    const { client, peer } = await pageThatMissed(0);
    hide();
    expect(await peer.frame()).toMatchObject({ type: "page", visible: false });
    const arrived = next(client, "notification");
    peer.send(entry("user:alice", 1, a));
    await arrived;
    expect(await peer.frame()).toMatchObject({ type: "ack" });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(peer.unheard).toBe(0);
    reveal();
    expect([await peer.frame(), await peer.frame()]).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: "page", visible: true }), { type: "seen", ids: [a] }]),
    );
  });

  it("is not what a summary counts, nor what has no place yet", async () => {
    const { client, peer } = await pageThatMissed(0);
    stop.abort();
    container.replaceChildren();
    stop = new AbortController();
    const stack = show(client, 1);
    peer.send(entry("user:alice", 1, a), entry("user:alice", 2, b));
    await toast();
    stack.showSummary("2 notifications", "", "info");
    expect(await peer.frame()).toMatchObject({ type: "ack" });
    expect(await peer.frame()).toEqual({ type: "seen", ids: [a] });
  });

  it("waits while there is no connection", async () => {
    const { client, peer } = await pageThatMissed(0);
    client.close();
    await peer.ended();
    client.seen([a]);
    client.connect();
    const again = await browser.welcomed(client);
    expect(await again.peer.frame()).toEqual({ type: "seen", ids: [a] });
  });

  it("is told at once when the page is left", async () => {
    const { client, peer } = await pageThatMissed(0);
    client.seen([a]);
    window.dispatchEvent(new Event("pagehide"));
    expect(await peer.frame()).toEqual({ type: "seen", ids: [a] });
  });

  it("is no strange id", async () => {
    const { client } = await pageThatMissed(0);
    expect(() => client.seen([a, "strange"])).toThrow("strange");
  });
});
