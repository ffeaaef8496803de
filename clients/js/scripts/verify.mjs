// Fails when what is committed is not what the sources make.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { bundle, packageFolder, projectFolder } from "./bundle.mjs";
import { content } from "./compressed.mjs";
import { isReleased } from "./released.mjs";

const files = await bundle();
const wrong = [];
for (const [name, bytes] of files) {
  const path = join(projectFolder, name);
  if (!existsSync(path)) wrong.push(`${name} is missing`);
  else if (!content(name, readFileSync(path)).equals(content(name, bytes))) wrong.push(`${name} is not what the sources make`);
}
const dist = join(packageFolder, "dist");
for (const name of existsSync(dist) ? readdirSync(dist, { recursive: true }) : []) {
  if (/\.\w+$/.test(name) && !isReleased(name) && !files.has(`clients/js/dist/${name}`)) wrong.push(`clients/js/dist/${name} is made from nothing`);
}
if (wrong.length > 0) {
  console.error(`The built files are out of date:\n  ${wrong.join("\n  ")}\nRun "npm run build" in clients/js and commit the result.`);
  process.exit(1);
}
console.log(`${files.size} built files are what the sources make.`);
