// Builds what is committed: a machine without Node serves these files as they are.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { bundle, packageFolder, projectFolder } from "./bundle.mjs";

const files = await bundle();
// Declarations of modules that are no more must not stay behind.
rmSync(join(packageFolder, "dist"), { recursive: true, force: true });
for (const [name, bytes] of files) {
  const path = join(projectFolder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  if (!/\.(d\.ts|map)$/.test(name)) console.log(`${name}  ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped`);
}
