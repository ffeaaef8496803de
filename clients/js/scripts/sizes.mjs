// Fails when what a page loads has outgrown its budget, in bytes after gzip: the core as whoever bundles it may compress it, everything as
// the service sends it.

import { gzipSync } from "node:zlib";

import { bundle, gather } from "./bundle.mjs";

/** What a page pays that imports `NotifierClient` alone from what is shipped. */
const CORE = 5_000;

/** What a page pays for `notifier.js`: the client and the elements with their style sheet and texts. */
const EVERYTHING = 14_000;

const files = await bundle();
const everything = files.get("clients/js/dist/notifier.js");
const served = files.get("clients/js/dist/notifier.js.gz");
const core = await gather('export { NotifierClient } from "./notifier.mjs"', files);
const zlib = (bytes) => gzipSync(bytes, { level: 9 }).length;

let isOver = false;
for (const [name, size, most] of [
  ["core, gzipped by zlib at level 9", zlib(core), CORE],
  ["everything, gzipped by zopfli as it is served", served.length, EVERYTHING],
]) {
  isOver ||= size > most;
  console.log(`${name}: ${size} bytes, of ${most}`);
}
const brotli = files.get("clients/js/dist/notifier.js.br").length;
console.log(`everything otherwise: ${zlib(everything)} gzipped by zlib at level 9, ${brotli} by brotli, ${everything.length} as it is`);
if (isOver) {
  console.error("It is too large.");
  process.exit(1);
}
