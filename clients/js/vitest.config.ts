import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 5_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      // What is drawn has tests of its own in a real browser.
      exclude: ["src/index.ts", "src/toasts.ts", "src/toastview.ts", "src/summary.ts", "src/elements/**"],
      thresholds: { lines: 95 },
    },
  },
});
