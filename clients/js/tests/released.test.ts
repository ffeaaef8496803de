import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

// @ts-expect-error A script of the build, which has no types.
import { makeRoom } from "../scripts/released.mjs";

let dist: string;

beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), "dist-"));
  mkdirSync(join(dist, "elements"));
  for (const name of ["notifier.js", "notifier.js.br", "notifier.js.gz", "notifier.js.map", "shared.mjs", "index.d.ts", "elements/bell.d.ts"]) {
    writeFileSync(join(dist, name), `old ${name}`);
  }
  writeFileSync(join(dist, "manifest.json"), JSON.stringify({ version: "1.0.0" }));
});

afterEach(() => {
  rmSync(dist, { recursive: true });
});

it("keeps what pages load of the last version when a new one is built", () => {
  makeRoom(dist, "1.1.0");
  expect(readdirSync(dist)).toEqual(["1.0.0"]);
  expect(readdirSync(join(dist, "1.0.0"))).toEqual(["notifier.js", "notifier.js.br", "notifier.js.gz", "shared.mjs"]);
  expect(readFileSync(join(dist, "1.0.0", "notifier.js"), "utf8")).toBe("old notifier.js");
});

it("keeps nothing of the same version, and leaves those that were kept", () => {
  makeRoom(dist, "1.1.0");
  writeFileSync(join(dist, "notifier.js"), "new");
  writeFileSync(join(dist, "manifest.json"), JSON.stringify({ version: "1.1.0" }));
  makeRoom(dist, "1.1.0");
  expect(readdirSync(dist)).toEqual(["1.0.0"]);
  expect(readFileSync(join(dist, "1.0.0", "notifier.js"), "utf8")).toBe("old notifier.js");
});

it("begins with nothing", () => {
  makeRoom(join(dist, "none"), "1.0.0");
  expect(existsSync(join(dist, "none"))).toBe(false);
});
