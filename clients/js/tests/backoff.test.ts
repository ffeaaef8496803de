import { describe, expect, it } from "vitest";

import { backoff } from "../src/index.js";

describe("backoff", () => {
  it("has a ceiling that doubles from half a second to twenty", () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 6, 7].map((attempt) => backoff(attempt, () => 1));
    expect(ceilings).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
  });

  it("draws from the whole range below the ceiling", () => {
    expect(backoff(3, () => 0)).toBe(0);
    expect(backoff(3, () => 0.25)).toBe(1_000);
  });

  it("stays at the ceiling however often it failed", () => {
    expect(backoff(5_000, () => 1)).toBe(20_000);
  });
});
