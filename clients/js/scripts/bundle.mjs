// What a build consists of. Both the build and its verification make it from here, in memory, so that the
// two cannot differ in anything but where the bytes go.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import { minify } from "terser";
import uglify from "uglify-js";

import { compressed } from "./compressed.mjs";
import { INTERNAL } from "./internal.mjs";

export const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const projectFolder = resolve(packageFolder, "../..");

/** A style sheet that a module imports with `?inline` is its minified text. */
const inlineStyles = {
  name: "inline styles",
  setup(build) {
    build.onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice(0, -"?inline".length)),
      namespace: "inline-style",
    }));
    build.onLoad({ filter: /./, namespace: "inline-style" }, async ({ path }) => {
      const { code } = await esbuild.transform(readFileSync(path, "utf8"), { loader: "css", minify: true, charset: "utf8", target: "es2022" });
      // Neither a selector nor a text in these sheets has a space after a colon or a comma that means something.
      return { contents: code.replace(/([:,]) /g, "$1").trim(), loader: "text" };
    });
  },
};

const common = {
  absWorkingDir: packageFolder,
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  plugins: [inlineStyles],
  write: false,
};

/** The client's own names, which nobody else uses. */
const mangleProps = new RegExp(`^(${Object.keys(INTERNAL).join("|")})$`);

/** Where a `<script>` runs there is a page, and need not be asked whether there is. */
const inPage = { "globalThis.document": "true", "globalThis.location": "location", "globalThis.WebSocket": "WebSocket" };

const outputs = [
  { entryPoints: ["src/script.ts"], outfile: "dist/notifier.js", format: "iife", sourcemap: true, mangleProps, mangleCache: INTERNAL, define: inPage },
  {
    entryPoints: { notifier: "src/index.ts", elements: "src/elements.ts" },
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    chunkNames: "shared",
    splitting: true,
    format: "esm",
    sourcemap: true,
    mangleProps,
    mangleCache: INTERNAL,
  },
  { entryPoints: ["demo/demo.ts"], outfile: "../../demo/static/demo/demo.js", format: "iife" },
  { entryPoints: ["ops/dashboard.ts"], outfile: "../../ops/static/ops/dashboard.js", format: "iife" },
  { entryPoints: ["ops/pages.ts"], outfile: "../../ops/static/ops/pages.js", format: "iife" },
];

const squeezing = { ecma: 2022, compress: { passes: 10, unsafe: true, unsafe_arrows: true } };

// Inlining more makes fewer bytes, of which gzip makes more.
const squeezingAgain = { toplevel: true, compress: { passes: 5, unsafe: true, inline: 1 } };

/** Makes what pages load a few percent smaller than esbuild can, with the source maps to match: each minifier finds what the others leave. */
async function squeeze(outputFiles, module) {
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  for (const [path, text] of texts) {
    const content = texts.get(`${path}.map`);
    if (content === undefined) continue;
    const once = await minify(text, { ...squeezing, module, sourceMap: { content } });
    const url = `${basename(path)}.map`;
    const { error, code, map } = uglify.minify(once.code, { ...squeezingAgain, sourceMap: { content: once.map, includeSources: true, url } });
    if (error) throw error;
    texts.set(path, `${code}\n`);
    texts.set(`${path}.map`, map);
  }
  return texts;
}

/** What a page's own bundler and minifier make of some lines that import from these built files. */
export async function gather(contents, files) {
  const built = {
    name: "built files",
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path }) => ({ path: path.replace("./", "clients/js/dist/"), namespace: "built" }));
      build.onLoad({ filter: /./, namespace: "built" }, ({ path }) => ({ contents: files.get(path) }));
    },
  };
  const stdin = { contents, resolveDir: packageFolder };
  const { outputFiles } = await esbuild.build({ ...common, stdin, format: "esm", plugins: [built] });
  const { code } = await minify(outputFiles[0].text, { ...squeezing, module: true });
  return Buffer.from(code);
}

/** Every built file: its path from the project's folder, and its bytes. */
export async function bundle() {
  const files = new Map();
  for (const output of outputs) {
    const { outputFiles } = await esbuild.build({ ...common, ...output });
    for (const [path, text] of await squeeze(outputFiles, output.format === "esm")) {
      files.set(relative(projectFolder, path), Buffer.from(text));
    }
  }
  files.set("ops/static/ops/uplot.css", readFileSync(join(packageFolder, "node_modules/uplot/dist/uPlot.min.css")));
  files.set("clients/js/dist/manifest.json", manifest(files));
  for (const [name, bytes] of declarations()) files.set(`clients/js/dist/${name}`, bytes);
  for (const [path, bytes] of [...files].filter(([path]) => clientScript.test(path))) {
    for (const [end, smaller] of Object.entries(await compressed(bytes))) files.set(path + end, smaller);
  }
  return files;
}

/** What pages load of the client. */
const clientScript = /^clients\/js\/dist\/(.*\.m?js)$/;

/** The version, and what a page may demand of the files that it loads: `<script integrity>`. */
function manifest(files) {
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const integrity = {};
  for (const [path, bytes] of files) {
    const [, name] = clientScript.exec(path) ?? [];
    if (name) integrity[name] = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  }
  return Buffer.from(`${JSON.stringify({ version, integrity }, null, 2)}\n`);
}

function declarations() {
  const folder = mkdtempSync(join(tmpdir(), "notifier-types-"));
  try {
    const compiler = join(packageFolder, "node_modules/typescript/bin/tsc");
    const args = [compiler, "-p", "tsconfig.build.json", "--outDir", folder];
    execFileSync(process.execPath, args, { cwd: packageFolder, stdio: ["ignore", "inherit", "inherit"] });
    return readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith(".d.ts"))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name))]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
