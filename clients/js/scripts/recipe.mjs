// Bundles a recipe of the README as its reader's build would: `recipe.mjs jsx|vue < code > script`. For the tests.

import { readFileSync } from "node:fs";

import * as esbuild from "esbuild";

import { packageFolder } from "./bundle.mjs";

const MOUNT = `
import { createApp } from "vue";
import App from "recipe";
createApp(App).mount("#root");`;

const [language] = process.argv.slice(2);
const code = readFileSync(0, "utf8");

/** A single-file component, compiled by Vue's own compiler. */
const vue = {
  name: "vue",
  setup(build) {
    build.onResolve({ filter: /^recipe$/ }, () => ({ path: "recipe", namespace: "recipe" }));
    build.onLoad({ filter: /./, namespace: "recipe" }, async () => {
      const { compileScript, parse } = await import("vue/compiler-sfc");
      const { descriptor } = parse(code);
      const compilerOptions = { isCustomElement: (tag) => tag.startsWith("notifier-") };
      const { content } = compileScript(descriptor, { id: "recipe", inlineTemplate: true, templateOptions: { compilerOptions } });
      return { contents: content, resolveDir: packageFolder };
    });
  },
};

const { outputFiles } = await esbuild.build({
  stdin: { contents: language === "vue" ? MOUNT : code, loader: "jsx", resolveDir: packageFolder },
  bundle: true,
  format: "iife",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false" },
  plugins: [vue],
  write: false,
});
process.stdout.write(outputFiles[0].text);
