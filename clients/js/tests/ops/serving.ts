import { vi } from "vitest";

import type { Point, Series, ServerRun } from "../../ops/frames.js";

export function point(at: number, facts: Partial<Point> = {}): Point {
  return { at, connections: 1, published: 0, delivered: 0, opened: 0, errors: 0, closed: {}, p50: null, p99: null, ...facts };
}

export function run(server: string, facts: Partial<ServerRun> = {}): ServerRun {
  return { server, host: "web-1", kind: "daphne", version: "1", began: "2026-11-22T09:00:00Z", ended: null, died: false, ...facts };
}

/** A service that answers with the series of each span, and notes what it was asked for. Undefined is a failure. */
export function serving(answers: Record<number, Partial<Series> | undefined>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address);
    const span = Number(new URL(address, "http://localhost").searchParams.get("span"));
    const answer = answers[span];
    if (answer === undefined) return Promise.resolve(new Response("", { status: 503 }));
    return Promise.resolve(Response.json({ span, kept: 900, points: [], runs: [], ...answer }));
  });
  return asked;
}
