import { beforeEach, describe, expect, it } from "vitest";

import { type Cursors, createCursors } from "../src/cursors.js";
import { MemoryStorage } from "../src/index.js";

const URL = "ws://127.0.0.1/ws/notifications/";
const EPOCH = "0f8fad5b";

describe("Cursors", () => {
  let storage: MemoryStorage;

  beforeEach(() => {
    storage = new MemoryStorage();
  });

  /** A page that is welcomed and carries alice's stream and everyone's, from the given cursors. */
  function page(alice: number, everyone = 0, epoch = EPOCH): Cursors {
    const cursors = createCursors(storage, URL, null);
    cursors.welcomed("alice", epoch, { "user:alice": alice, everyone });
    return cursors;
  }

  /** What a page that is loaded now resumes from. */
  function loaded(user: string | null = null): Record<string, number> {
    return Object.fromEntries(createCursors(storage, URL, user).resumeFrom());
  }

  it("has nothing to resume at the first visit", () => {
    const cursors = createCursors(storage, URL, null);
    expect([cursors.resumeFrom(), cursors.epoch, cursors.user]).toEqual([[], null, null]);
  });

  it("resumes the next page load from what was saved, with its epoch and its person", () => {
    const cursors = page(41);
    cursors.advance("user:alice", 42);
    cursors.save();
    const next = createCursors(storage, URL, null);
    expect([loaded(), next.epoch, next.user]).toEqual([{ "user:alice": 42, everyone: 0 }, EPOCH, "alice"]);
  });

  it("stores nothing of an entry before it is saved", () => {
    page(41).advance("user:alice", 42);
    expect(loaded()["user:alice"]).toBe(41);
  });

  it("tells new entries from handled ones", () => {
    const cursors = page(41);
    expect([41, 42].map((seq) => cursors.isNew("user:alice", seq))).toEqual([false, true]);
  });

  it("never moves another page's cursor back", () => {
    const [ahead, behind] = [page(10), page(10)];
    ahead.advance("user:alice", 20);
    ahead.save();
    behind.advance("user:alice", 11);
    behind.save();
    expect(loaded()["user:alice"]).toBe(20);
    expect(Object.fromEntries(behind.resumeFrom())["user:alice"]).toBe(11);
  });

  it("does not lower the stored cursor when a page that is behind comes back", () => {
    page(20);
    page(10);
    expect(loaded()["user:alice"]).toBe(20);
  });

  it("discards cursors of another epoch", () => {
    page(500);
    page(3, 0, "a new epoch");
    expect(loaded()).toEqual({ "user:alice": 3, everyone: 0 });
  });

  it("writes nothing into an epoch that is newer than its own", () => {
    const old = page(500);
    page(3, 0, "a new epoch");
    old.advance("user:alice", 501);
    old.save();
    expect(loaded()["user:alice"]).toBe(3);
  });

  it("follows a reset to a lower seq, in the storage too", () => {
    const cursors = page(41);
    cursors.reset("user:alice", 11);
    expect([loaded()["user:alice"], cursors.isNew("user:alice", 12)]).toEqual([11, true]);
  });

  it("begins a followed topic once, and forgets it when it is unfollowed", () => {
    const cursors = page(1);
    cursors.follow("topic:t", 17);
    cursors.advance("topic:t", 30);
    cursors.follow("topic:t", 17);
    cursors.save();
    expect(loaded()["topic:t"]).toBe(30);
    cursors.unfollow("topic:t");
    expect(loaded()).toEqual({ "user:alice": 1, everyone: 0 });
  });

  it("names the person's own stream and everyone's before the topics", () => {
    const cursors = createCursors(storage, URL, null);
    cursors.welcomed("alice", EPOCH, { "topic:t": 1, "user:alice": 3, everyone: 2 });
    expect(cursors.resumeFrom().map(([stream]) => stream)).toEqual(["user:alice", "everyone", "topic:t"]);
  });

  it("keeps the cursors of two people apart", () => {
    page(41, 7);
    const cursors = createCursors(storage, URL, "bob");
    expect(cursors.resumeFrom()).toEqual([]);
    cursors.welcomed("bob", EPOCH, { "user:bob": 1, everyone: 3 });
    expect(loaded("alice")).toEqual({ "user:alice": 41, everyone: 7 });
    expect(loaded()).toEqual({ "user:bob": 1, everyone: 3 });
  });

  it.each(["not JSON", "null", "[]", '{"epoch": 7, "cursors": {}}', '{"epoch": "e", "cursors": null}', '{"epoch": "e", "cursors": {"everyone": "5"}}'])(
    "takes a stored %s for nothing",
    (text) => {
      storage.setItem(`notifier:cursors ${URL} alice`, text);
      expect(loaded("alice")).toEqual({});
    },
  );

  it("works on in memory when the storage refuses", () => {
    const refusing = {
      getItem: (): string | null => {
        throw new Error("blocked");
      },
      setItem: (): void => {
        throw new Error("full");
      },
    };
    const cursors = createCursors(refusing, URL, null);
    cursors.welcomed("alice", EPOCH, { "user:alice": 41 });
    cursors.advance("user:alice", 42);
    cursors.save();
    expect(cursors.resumeFrom()).toEqual([["user:alice", 42]]);
  });
});
