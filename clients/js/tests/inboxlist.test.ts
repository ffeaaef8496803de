// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";

import { type InboxList, createInboxList } from "../src/elements/inboxlist.js";
import type { NotifierClient } from "../src/client.js";
import type { StateDetail } from "../src/events.js";
import type { InboxItem } from "../src/frames.js";
import type { InboxPage, InboxQuery } from "../src/rest.js";
import { notification } from "./scriptedserver.js";

/** A client whose inbox answers when the test says so. */
class PausedClient extends EventTarget {
  readonly asked: InboxQuery[] = [];
  #answers: { resolve: (page: InboxPage) => void; reject: (error: Error) => void }[] = [];

  inbox(query: InboxQuery): Promise<InboxPage> {
    this.asked.push(query);
    return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
  }

  async answer(items: readonly InboxItem[], next: string | null = null): Promise<void> {
    this.#answers.shift()?.resolve({ notifications: items, next, unread: 0 });
    await settled();
  }

  async fail(): Promise<void> {
    this.#answers.shift()?.reject(new Error("503"));
    await settled();
  }

  came(id: string): void {
    const detail = { notification: notification(id), stream: "user:alice", seq: 1, replayed: false };
    this.dispatchEvent(new CustomEvent("notification", { detail }));
  }

  state(part: Partial<StateDetail>): void {
    const nothing = { unread: 0, read: [], all: false, heads: {}, unmarked: [], archived: [], unarchived: [] };
    this.dispatchEvent(new CustomEvent("state", { detail: { ...nothing, ...part } }));
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let client: PausedClient;
let list: InboxList;

beforeEach(() => {
  client = new PausedClient();
  list = createInboxList(client as unknown as NotifierClient, () => {}, new AbortController().signal);
});

function item(id: string, fields: Partial<InboxItem> = {}): InboxItem {
  return { ...notification(id), read: false, archived: false, ...fields };
}

function shown(): string {
  return list.items.map(({ id, read }) => (read ? id : id.toUpperCase())).join(" ");
}

async function opened(...items: InboxItem[]): Promise<void> {
  void list.open("all");
  await client.answer(items);
}

it("follows the cursor to the end, and asks for each page once", async () => {
  void list.open("all");
  void list.more();
  await client.answer([item("d"), item("c")], "next");
  expect([shown(), list.progress]).toEqual(["D C", "idle"]);
  void list.more();
  void list.more();
  await client.answer([item("b"), item("a")]);
  await list.more();
  expect([shown(), list.progress]).toEqual(["D C B A", "end"]);
  expect(client.asked.map(({ cursor }) => cursor)).toEqual([null, "next"]);
});

it("shows what comes where it belongs, once", async () => {
  await opened(item("d"), item("b"));
  for (const id of ["e", "c", "e", "a"]) client.came(id);
  expect(shown()).toBe("E D C B A");
});

it("leaves what is older than the loaded pages to its page", async () => {
  void list.open("all");
  await client.answer([item("d"), item("c")], "next");
  client.came("b");
  expect(shown()).toBe("D C");
});

it("keeps what comes while a page is on its way", async () => {
  void list.open("all");
  client.came("z");
  client.state({ read: ["a"] });
  await client.answer([item("b"), item("a")]);
  expect(shown()).toBe("Z B a");
});

it("tells a failure, keeps what it had and goes on from there", async () => {
  void list.open("all");
  await client.answer([item("b")], "next");
  void list.more();
  await client.fail();
  expect([shown(), list.progress]).toEqual(["B", "failed"]);
  void list.more();
  await client.answer([item("a")]);
  expect([shown(), client.asked.at(-1)?.cursor]).toEqual(["B A", "next"]);
});

it("begins a view again that failed, and has what came meanwhile", async () => {
  void list.open("all");
  await client.answer([item("d"), item("c")], "next");
  void list.open("unread");
  client.came("e");
  expect(shown()).toBe("E");
  await client.fail();
  void list.more();
  await client.answer([item("e"), item("d")]);
  expect([shown(), client.asked.at(-1)?.cursor]).toEqual(["E D", null]);
});

it("takes the answer of the view that is wanted, and not of the one before", async () => {
  void list.open("all");
  void list.open("archived");
  await client.answer([item("a")]);
  await client.answer([item("b", { archived: true })]);
  expect([shown(), client.asked[0]?.signal?.aborted]).toEqual(["B", true]);
});

it("knows what is read, unmarked and archived on any device", async () => {
  await opened(item("c"), item("b"), item("a"));
  client.state({ read: ["c", "b"], unread: 1 });
  expect(shown()).toBe("c b A");
  client.state({ unmarked: ["b"], unread: 2 });
  expect(shown()).toBe("c B A");
  client.state({ archived: ["c"], unread: 2 });
  expect(shown()).toBe("B A");
  client.state({ all: true, unread: 0 });
  expect(shown()).toBe("b a");
});

it("asks the service what is read when some came after all was", async () => {
  await opened(item("a"));
  client.came("b");
  client.state({ all: true, unread: 1 });
  await client.answer([item("b"), item("a", { read: true })]);
  expect(shown()).toBe("B a");
});

it("asks again for what comes back from the archive, and after a reset", async () => {
  await opened(item("b"));
  client.state({ unarchived: ["a"] });
  await client.answer([item("b"), item("a")]);
  expect(shown()).toBe("B A");
  client.dispatchEvent(new CustomEvent("reset", { detail: {} }));
  await client.answer([]);
  expect([shown(), list.progress]).toEqual(["", "end"]);
});
