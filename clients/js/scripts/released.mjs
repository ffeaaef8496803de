// Builds that were released stay beside the present one, in folders named for their versions: a page that demands the
// hash of one of them finds it for as long as its folder is there.

import { cpSync, existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Whether something in `dist` belongs to a released build. */
export function isReleased(name) {
  return /^\d/.test(name);
}

/** Makes room in `dist` for a build of `version`. What is there is kept if it is of another version: what pages load of it, that is. */
export function makeRoom(dist, version) {
  if (!existsSync(dist)) return;
  const manifest = join(dist, "manifest.json");
  const last = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : version;
  for (const name of readdirSync(dist).filter((each) => !isReleased(each))) {
    if (last !== version && /\.m?js(\.br|\.gz)?$/.test(name)) cpSync(join(dist, name), join(dist, last, name));
    // Declarations of modules that are no more must not stay behind.
    rmSync(join(dist, name), { recursive: true });
  }
}
