/** Bundles the command and the library to dist/. Run by `npm ci` too, so that a fresh clone has a working `medalc`. */
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build, type Plugin } from "esbuild";
import Handlebars from "handlebars";
import { TEMPLATE_OPTIONS } from "../src/codegen/shared/template.ts";
import { ajv, validate } from "../src/config/validator.ts";
import { bundledLicenses } from "./bundled-licenses.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Replaces the module that compiles the schema of medal.json by the validation function that ajv generates. */
const validator: Plugin = {
  name: "validator",
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]config[\\/]validator\.ts$/ }, ({ path }) => ({
      contents: standaloneCode.default(ajv, validate),
      resolveDir: dirname(path),
    }));
  },
};

/** Precompiles the Handlebars templates, so that the bundle contains neither their text nor the compiler. */
const templates: Plugin = {
  name: "templates",
  setup({ onLoad }) {
    onLoad({ filter: /\.hbs$/ }, ({ path }) => ({
      contents: `import Handlebars from "handlebars/runtime.js";
export default Handlebars.template(${Handlebars.precompile(readFileSync(path, "utf8"), TEMPLATE_OPTIONS)});`,
      resolveDir: root,
    }));
    onLoad({ filter: /src[\\/]codegen[\\/]shared[\\/]template\.ts$/ }, () => ({
      contents: "export const template = (compiled) => compiled;",
    }));
  },
};

/**
 * Requires these modules of Node instead of importing them. Importing one evaluates all of its getters: `process.stdin`
 * opens a stream, `crypto.webcrypto` loads it.
 */
const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(crypto|process|util)$/ }, ({ path, namespace }) =>
      namespace === "builtin" ? { path, external: true } : { path, namespace: "builtin" },
    );
    onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { "cli/main": "src/cli/main.ts", index: "src/index.ts" },
  outdir: "dist",
  bundle: true,
  // Each dynamic import becomes a separate file, loaded only by the commands that need it.
  splitting: true,
  format: "esm",
  platform: "node",
  // Prefer the ES module of a package, which can be tree-shaken.
  mainFields: ["module", "main"],
  target: "node22",
  charset: "utf8",
  sourcemap: "linked",
  sourcesContent: false,
  // Installed as dependencies and loaded on demand.
  external: ["@duckdb/node-api", "pg", "pg-copy-streams", "mongodb", "fs-native-extensions", "@azure/*", "tedious"],
  // Some bundled packages are CommonJS and `require` Node's modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  plugins: [validator, templates, builtins],
  metafile: true,
  logLevel: "warning",
});

const LICENSES = "dist/LICENSES.txt";
const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
writeFileSync(`${root}${LICENSES}`, bundledLicenses(root, bundled));

// Last, so that a command that runs meanwhile finds all of its files.
for (const entry of readdirSync(`${root}dist`, { recursive: true, withFileTypes: true })) {
  const path = `${entry.parentPath}/${entry.name}`.slice(root.length);
  if (entry.isFile() && path !== LICENSES && !Object.hasOwn(metafile.outputs, path)) rmSync(`${root}${path}`);
}

// npx looks here, but npm links only the commands of other packages.
const link = `${root}node_modules/.bin/medalc`;
if (!existsSync(link)) symlinkSync("../../bin/medalc.js", link);
