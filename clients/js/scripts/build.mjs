// Builds what is committed: a machine without Node serves these files as they are.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { bundle, packageFolder, projectFolder } from "./bundle.mjs";
import { makeRoom } from "./released.mjs";

const files = await bundle();
makeRoom(join(packageFolder, "dist"), JSON.parse(files.get("clients/js/dist/manifest.json")).version);
for (const [name, bytes] of files) {
  const path = join(projectFolder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  if (!/\.(d\.ts|map|br|gz)$/.test(name)) console.log(`${name}  ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped`);
}
