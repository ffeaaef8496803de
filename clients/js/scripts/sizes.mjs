// Fails when what a page loads has outgrown its budget, in bytes after gzip.

import { gzipSync } from "node:zlib";

import { bundle, gather } from "./bundle.mjs";

/** What a page pays that imports `NotifierClient` alone. */
const CORE = 10_700;

/** What a page pays for `notifier.js`: the client and the elements with their style sheet and texts. */
const EVERYTHING = 20_800;

const core = await gather('export { NotifierClient } from "./src/index.ts"');
const everything = (await bundle()).get("clients/js/dist/notifier.js");
let isOver = false;
for (const [name, bytes, most] of [
  ["core", core, CORE],
  ["everything", everything, EVERYTHING],
]) {
  const size = gzipSync(bytes, { level: 9 }).length;
  isOver ||= size > most;
  console.log(`${name}: ${size} bytes gzipped, of ${most}`);
}
if (isOver) {
  console.error("It is too large.");
  process.exit(1);
}
