// What a build consists of. Both the build and its verification make it from here, in memory, so that the
// two cannot differ in anything but where the bytes go.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

export const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const projectFolder = resolve(packageFolder, "../..");

const common = {
  absWorkingDir: packageFolder,
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  write: false,
};

const outputs = [
  { entryPoints: ["src/index.ts"], outfile: "dist/notifier.js", format: "iife", globalName: "Notifier", sourcemap: true },
  { entryPoints: ["src/index.ts"], outfile: "dist/notifier.mjs", format: "esm", sourcemap: true },
  { entryPoints: ["demo/demo.ts"], outfile: "../../demo/static/demo/demo.js", format: "iife" },
  { entryPoints: ["ops/dashboard.ts"], outfile: "../../ops/static/ops/dashboard.js", format: "iife" },
  { entryPoints: ["ops/pages.ts"], outfile: "../../ops/static/ops/pages.js", format: "iife" },
];

/** Every built file: its path from the project's folder, and its bytes. */
export async function bundle() {
  const files = new Map();
  for (const output of outputs) {
    const { outputFiles } = await esbuild.build({ ...common, ...output });
    for (const file of outputFiles) files.set(relative(projectFolder, file.path), Buffer.from(file.contents));
  }
  const toasts = readFileSync(join(packageFolder, "src/toasts.css"));
  files.set("clients/js/dist/toasts.css", toasts);
  files.set("ops/static/ops/uplot.css", readFileSync(join(packageFolder, "node_modules/uplot/dist/uPlot.min.css")));
  for (const [name, bytes] of declarations()) files.set(`clients/js/dist/${name}`, bytes);
  return files;
}

function declarations() {
  const folder = mkdtempSync(join(tmpdir(), "notifier-types-"));
  try {
    const compiler = join(packageFolder, "node_modules/typescript/bin/tsc");
    const args = [compiler, "-p", "tsconfig.build.json", "--outDir", folder];
    execFileSync(process.execPath, args, { cwd: packageFolder, stdio: ["ignore", "inherit", "inherit"] });
    return readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name))]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
