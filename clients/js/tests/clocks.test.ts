import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Credential, createCredential } from "../src/credential.js";
import { createWatchdog } from "../src/watchdog.js";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Watchdog", () => {
  let pings: number;
  let dead: number;
  let watchdog: ReturnType<typeof createWatchdog>;

  beforeEach(() => {
    pings = 0;
    dead = 0;
    watchdog = createWatchdog(
      () => (pings += 1),
      () => (dead += 1),
    );
    watchdog.start(25_000);
  });

  it("pings after the interval, and takes ten seconds of silence after it for the end", () => {
    vi.advanceTimersByTime(24_999);
    expect(pings).toBe(0);
    vi.advanceTimersByTime(1);
    expect(pings).toBe(1);
    vi.advanceTimersByTime(9_999);
    expect(dead).toBe(0);
    vi.advanceTimersByTime(1);
    expect([pings, dead]).toEqual([1, 1]);
  });

  it("counts the interval from the last frame", () => {
    vi.advanceTimersByTime(20_000);
    watchdog.heard();
    vi.advanceTimersByTime(24_999);
    expect(pings).toBe(0);
    vi.advanceTimersByTime(1);
    expect(pings).toBe(1);
    watchdog.heard();
    vi.advanceTimersByTime(24_999);
    expect([pings, dead]).toEqual([1, 0]);
  });

  it("has little patience with a page that slept", () => {
    vi.setSystemTime(Date.now() + 3_600_000); // The clock went on; the timers did not.
    watchdog.probe(false);
    expect(pings).toBe(1);
    vi.advanceTimersByTime(3_000);
    expect(dead).toBe(1);
  });

  it("does not ping for a page that only looked away", () => {
    vi.advanceTimersByTime(1_000);
    watchdog.probe(false);
    expect(pings).toBe(0);
    watchdog.probe(true);
    expect(pings).toBe(1);
  });

  it("does nothing once it is stopped", () => {
    watchdog.stop();
    watchdog.probe(true);
    watchdog.heard();
    vi.advanceTimersByTime(600_000);
    expect([pings, dead]).toEqual([0, 0]);
  });
});

describe("Credential", () => {
  const after = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
  let due: number;
  let credential: Credential;

  beforeEach(() => {
    due = 0;
    credential = createCredential(async () => "a.b.c");
  });

  it("is due at four fifths of its life", () => {
    credential.accepted(after(100), () => (due += 1));
    vi.advanceTimersByTime(79_999);
    expect(due).toBe(0);
    vi.advanceTimersByTime(1);
    expect(due).toBe(1);
  });

  it("is not asked for in a loop when the clocks disagree", () => {
    credential.accepted(after(-3_600), () => (due += 1));
    vi.advanceTimersByTime(4_999);
    expect(due).toBe(0);
  });

  it("is never due when it lasts for ever, or beyond what timers can wait", () => {
    credential.accepted(null, () => (due += 1));
    credential.accepted(after(100 * 24 * 3_600), () => (due += 1));
    vi.advanceTimersByTime(20 * 24 * 3_600_000);
    expect(due).toBe(0);
  });
});
