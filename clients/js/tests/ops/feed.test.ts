// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Feed, type FeedState } from "../../ops/feed.js";
import type { Board } from "../../ops/frames.js";
import { hide, reveal } from "../visibility.js";

/** The page's side of a socket, which the test answers. */
class Line extends EventTarget {
  static readonly CONNECTING = 0;
  static opened: Line[] = [];
  readyState = 1;
  closed = false;

  constructor(readonly address: URL) {
    super();
    Line.opened.push(this);
  }

  close(): void {
    this.closed = true;
  }

  says(frame: object): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  ends(code: number): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

let states: FeedState[];
let boards: Partial<Board>[];
let fresh: number;
let forgetFeed: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Line);
  Line.opened = [];
  [states, boards, fresh] = [[], [], 0];
  reveal();
  // A page has one feed for as long as it lives; here each test has a page of its own.
  const listening = [document, window].map((target) => [target, vi.spyOn(target, "addEventListener")] as const);
  forgetFeed = () => {
    for (const [target, added] of listening) {
      for (const [type, listener] of added.mock.calls) target.removeEventListener(type, listener as EventListener);
      added.mockRestore();
    }
  };
  new Feed([
    {
      state: (state) => states.push(state),
      board: (board) => boards.push(board),
      fresh: () => (fresh += 1),
    },
  ]).start();
});

afterEach(() => {
  window.dispatchEvent(new Event("pagehide"));
  forgetFeed();
  reveal();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function line(): Line {
  const newest = Line.opened.at(-1);
  if (newest === undefined) throw new Error("No socket was opened.");
  return newest;
}

describe("Feed", () => {
  it("shows the board, and then what changes in it", () => {
    line().says({ type: "delta", people: 9 });
    line().says({ type: "board", people: 1, connections: 2 });
    line().says({ type: "delta", people: 3 });
    expect(boards.map(({ people, connections }) => [people, connections])).toEqual([[1, 2], [3, 2]]);
    expect([states, fresh]).toEqual([["connecting", "live"], 1]);
  });

  it("comes back by itself, and begins anew then", async () => {
    line().says({ type: "board" });
    line().ends(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Line.opened.length).toBeGreaterThan(1);
    line().says({ type: "board" });
    expect([states.slice(0, 3), states.at(-1), fresh]).toEqual([["connecting", "live", "reconnecting"], "live", 2]);
  });

  it("stays away when it is told to", async () => {
    line().ends(4501);
    await vi.advanceTimersByTimeAsync(600_000);
    expect([Line.opened.length, states.at(-1)]).toEqual([1, "refused"]);
  });

  it("takes a line on which nothing comes for dead", async () => {
    line().says({ type: "board" });
    const first = line();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([first.closed, states.at(-1)]).toEqual([true, "reconnecting"]);
  });

  it("has no socket while nobody sees the page", () => {
    line().says({ type: "board" });
    hide();
    expect([line().closed, states.at(-1)]).toEqual([true, "paused"]);
    reveal();
    expect(Line.opened.length).toBe(2);
  });
});
