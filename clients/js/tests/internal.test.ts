// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

// @ts-expect-error A script of the build, which has no types.
import { INTERNAL } from "../scripts/internal.mjs";
import { NotifierBell, NotifierToasts, TEXTS } from "../src/elements.js";
import { NotifierClient } from "../src/index.js";

const folder = join(import.meta.dirname, "..");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

/** What the protocol, the events, the options, and the tabs among themselves name. */
const named = ["frames", "events", "options", "tabs", "elements/card"].flatMap((name) =>
  [...read(`src/${name}.ts`).matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => field),
);
const members = [NotifierClient, NotifierBell, NotifierToasts].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
const documented = [...read("README.md").matchAll(/`(?:\w+\.)*(\w+)(?:\([^`]*)?`/g)].map(([, name]) => name);
const others = new Set([...named, ...members, ...Object.keys(TEXTS), ...documented]);

it("shortens no name that others use", () => {
  expect(others.size).toBeGreaterThan(100);
  expect(Object.keys(INTERNAL).filter((name) => others.has(name))).toEqual([]);
});

it("gives each a name of its own, which no attribute of an element has", () => {
  const short: string[] = Object.values(INTERNAL);
  expect(new Set(short).size).toBe(short.length);
  expect(short).not.toContain("d"); // Of a path.
});
