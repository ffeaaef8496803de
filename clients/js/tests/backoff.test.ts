import { describe, expect, it } from "vitest";

import { backoff } from "../src/index.js";

describe("backoff", () => {
  it("has a ceiling that grows by half from half a second to twenty", () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 6, 7].map((attempt) => backoff(attempt, () => 1));
    expect(ceilings).toEqual([500, 750, 1_125, 1_687.5, 2_531.25, 3_796.875, 5_695.3125, 8_542.96875]);
  });

  it("reaches twenty seconds and stays there", () => {
    expect(backoff(10, () => 1)).toBe(20_000);
    expect(backoff(5_000, () => 1)).toBe(20_000);
  });

  it("draws from the whole range below the ceiling", () => {
    expect(backoff(3, () => 0)).toBe(0);
    expect(backoff(2, () => 0.5)).toBe(562.5);
  });
});
