// Fails when what a page loads has outgrown its budget, in bytes after gzip.

import { gzipSync } from "node:zlib";

import { bundle, gather } from "./bundle.mjs";

/** What a page pays that imports `NotifierClient` alone from what is shipped. */
const CORE = 5_000;

/** What a page pays for `notifier.js`: the client and the elements with their style sheet and texts. */
const EVERYTHING = 15_450;

const files = await bundle();
const core = await gather('export { NotifierClient } from "./notifier.mjs"', files);
const everything = files.get("clients/js/dist/notifier.js");
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
