import { beforeEach, describe, expect, it } from "vitest";

import type { StateDetail } from "../src/events.js";
import type { Seqs } from "../src/frames.js";
import { createUnread } from "../src/unread.js";

function counted(unread: number, heads: Seqs, read: readonly string[], all: boolean): StateDetail {
  return { unread, heads, read, all, unmarked: [], archived: [], unarchived: [] };
}

describe("Unread", () => {
  let unread: ReturnType<typeof createUnread>;

  beforeEach(() => {
    unread = createUnread(5);
    unread.welcomed(3, { "user:alice": 44, everyone: 7 });
  });

  it("is what the server counted, and what is sent again is in it", () => {
    unread.arrived("user:alice", 43, "a");
    unread.arrived("user:alice", 44, "b");
    expect(unread.count).toBe(3);
  });

  it("rises by one for each entry beyond the heads", () => {
    unread.arrived("user:alice", 45, "a");
    unread.arrived("everyone", 8, "b");
    expect(unread.count).toBe(5);
  });

  it("counts a notification once that comes through two streams", () => {
    unread.arrived("user:alice", 45, "a");
    unread.arrived("everyone", 8, "a");
    expect(unread.count).toBe(4);
  });

  it("does not count again what the server counted in another stream", () => {
    unread.arrived("user:alice", 45, "a");
    unread.arrived("everyone", 7, "a");
    expect(unread.count).toBe(3);
  });

  it("takes over a new count with its heads", () => {
    unread.arrived("user:alice", 45, "a");
    unread.state(counted(4, { "user:alice": 45, everyone: 7 }, [], false));
    expect(unread.count).toBe(4);
  });

  it("adds what came before a count that does not have it yet", () => {
    unread.arrived("user:alice", 45, "a");
    unread.arrived("user:alice", 46, "b");
    unread.state(counted(0, { "user:alice": 45, everyone: 7 }, [], true));
    expect(unread.count).toBe(1);
  });

  it("is not raised by an entry that was counted before it came", () => {
    unread.state(counted(4, { "user:alice": 45, everyone: 7 }, [], false));
    unread.arrived("user:alice", 45, "a");
    expect(unread.count).toBe(4);
  });

  it("does not add what became read", () => {
    unread.arrived("user:alice", 45, "a");
    unread.state(counted(3, { "user:alice": 44, everyone: 7 }, ["a"], false));
    expect(unread.count).toBe(3);
  });

  it("counts a followed topic from where it begins, also after a count that was taken without it", () => {
    unread.follow("topic:t", 17);
    unread.state(counted(3, { "user:alice": 44, everyone: 7 }, [], false));
    unread.arrived("topic:t", 18, "a");
    expect(unread.count).toBe(4);
  });

  it("stays right beyond what it remembers", () => {
    for (let seq = 45; seq < 65; seq += 1) unread.arrived("user:alice", seq, `a${seq}`);
    expect(unread.count).toBe(23);
    unread.state(counted(2, { "user:alice": 64, everyone: 7 }, [], false));
    expect(unread.count).toBe(2);
  });

  it("begins anew with each welcome", () => {
    unread.arrived("user:alice", 45, "a");
    unread.welcomed(1, { "user:alice": 50, everyone: 7 });
    expect(unread.count).toBe(1);
  });
});
