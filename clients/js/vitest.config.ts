import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 5_000,
    coverage: {
      enabled: true,
      provider: "v8",
      reporter: ["text-summary"],
      include: ["src/**/*.ts"],
      // What is drawn has tests of its own in a real browser.
      exclude: ["src/index.ts", "src/script.ts", "src/elements.ts", "src/elements/**"],
      thresholds: { lines: 95 },
    },
  },
});
