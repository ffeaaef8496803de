import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Board, Series } from "../../ops/frames.js";
import { Histories } from "../../ops/histories.js";
import { FINE, History } from "../../ops/history.js";
import { point, run, serving } from "./serving.js";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Let what was asked be answered. */
async function answered(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe("History", () => {
  async function loaded(series: Partial<Series>): Promise<{ history: History; changes: () => number }> {
    serving({ [FINE]: series });
    let changes = 0;
    const history = new History(FINE, () => (changes += 1));
    history.fresh();
    await answered();
    return { history, changes: () => changes };
  }

  it("is read once it is asked for, oldest first whatever the order", async () => {
    const { history, changes } = await loaded({ points: [point(20), point(10)], kept: 900 });
    expect([history.loaded, history.kept, history.all.map(({ at }) => at), changes()]).toEqual([true, 900, [10, 20], 1]);
  });

  it("takes new points, and a point that was written late in place of the one it had", async () => {
    const { history } = await loaded({ points: [point(10), point(15, { connections: 1 })] });
    history.points(FINE, [point(15, { connections: 7 }), point(20)]);
    expect(history.all.map(({ at, connections }) => [at, connections])).toEqual([[10, 1], [15, 7], [20, 1]]);
  });

  it("forgets what the service no longer keeps", async () => {
    const { history } = await loaded({ points: [point(0), point(5)], kept: 900 });
    history.points(FINE, [point(904)]);
    expect(history.all.map(({ at }) => at)).toEqual([5, 904]);
  });

  it("leaves points of another span, and those that come before it was read, alone", async () => {
    serving({ [FINE]: { points: [point(10)] } });
    const history = new History(FINE, () => undefined);
    history.points(FINE, [point(5)]);
    expect(history.all).toEqual([]);
    history.fresh();
    await answered();
    history.points(120, [point(120)]);
    expect(history.all.map(({ at }) => at)).toEqual([10]);
  });

  it("tells of servers that came or went, and not of the same again", async () => {
    const { history, changes } = await loaded({});
    const runs = [run("a")];
    const board = { runs } as unknown as Board;
    history.board(board);
    history.board(board);
    expect([history.runs, changes()]).toEqual([runs, 2]);
  });

  it("asks again after a failure, until it is answered", async () => {
    const answers: Record<number, Partial<Series> | undefined> = { [FINE]: undefined };
    const asked = serving(answers);
    const history = new History(FINE, () => undefined);
    history.fresh();
    await answered();
    expect(history.loaded).toBe(false);
    answers[FINE] = { points: [point(10)] };
    await vi.advanceTimersByTimeAsync(3000);
    expect([history.loaded, asked]).toEqual([true, ["/ops/series/?span=5", "/ops/series/?span=5"]]);
  });
});

describe("Histories", () => {
  function histories(span: number): { it: Histories; charts: number[]; disconnects: number[] } {
    const charts: number[] = [];
    const disconnects: number[] = [];
    return { it: new Histories(span, (each) => charts.push(each.span), (each) => disconnects.push(each.span)), charts, disconnects };
  }

  it("reads only the last 15 minutes when these are shown", async () => {
    const asked = serving({ 5: {}, 120: {} });
    const { it: all, charts, disconnects } = histories(FINE);
    all.fresh();
    await answered();
    expect([asked, charts, disconnects]).toEqual([["/ops/series/?span=5"], [5], [5]]);
  });

  it("shows the charts of the chosen span, and the disconnects of the last 15 minutes", async () => {
    serving({ 5: { points: [point(10)] }, 120: { points: [point(0)] } });
    const { it: all, charts, disconnects } = histories(120);
    all.fresh();
    await answered();
    charts.length = disconnects.length = 0;
    all.points(5, [point(15)]);
    all.points(120, [point(120)]);
    expect([charts, disconnects]).toEqual([[120], [5]]);
  });

  it("reads another span when it is first chosen, and shows at once what it has read", async () => {
    const asked = serving({ 5: {}, 120: {} });
    const { it: all, charts } = histories(FINE);
    all.fresh();
    await answered();
    all.choose(120);
    await answered();
    all.choose(5);
    all.choose(120);
    expect([asked, charts]).toEqual([["/ops/series/?span=5", "/ops/series/?span=120"], [5, 120, 5, 120]]);
  });
});
