// Fails when a source sets markup, styles or handlers from text, or runs text: what a notification says is shown as text, everywhere.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { packageFolder } from "./bundle.mjs";

const FORBIDDEN =
  /\b(innerHTML|outerHTML|insertAdjacentHTML|setHTML|setHTMLUnsafe|parseFromString|parseHTMLUnsafe|createContextualFragment|srcdoc|cssText|eval)\b|\bdocument\.write|\bnew Function\b|\bset(Timeout|Interval)\(\s*["'`]|setAttribute\(\s*["'`](on|style)/;

const found = [];
for (const folder of ["src", "demo", "ops"]) {
  for (const name of readdirSync(join(packageFolder, folder), { recursive: true }).filter((each) => each.endsWith(".ts"))) {
    const lines = readFileSync(join(packageFolder, folder, name), "utf8").split("\n");
    lines.forEach((line, index) => {
      if (FORBIDDEN.test(line)) found.push(`${folder}/${name}:${index + 1}: ${line.trim()}`);
    });
  }
}
if (found.length > 0) {
  console.error(`Set texts with textContent, and build elements with createElement:\n  ${found.join("\n  ")}`);
  process.exit(1);
}
