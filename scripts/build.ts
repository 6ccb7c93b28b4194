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

/** The function that ajv makes of the schema of medal.json, in place of the module that makes it. */
const validator: Plugin = {
  name: "validator",
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]config[\\/]validator\.ts$/ }, ({ path }) => ({
      contents: standaloneCode.default(ajv, validate),
      resolveDir: dirname(path),
    }));
  },
};

/** Templates as the functions that Handlebars makes of them, in place of their texts and of the module that compiles them. */
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

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { "cli/main": "src/cli/main.ts", index: "src/index.ts" },
  outdir: "dist",
  bundle: true,
  // What only some commands need is loaded by those commands: each dynamic import becomes a file of its own.
  splitting: true,
  format: "esm",
  platform: "node",
  // The ES module of a package that has both: a bundler sees through it.
  mainFields: ["module", "main"],
  target: "node22",
  charset: "utf8",
  sourcemap: "linked",
  sourcesContent: false,
  // Installed with the command, and loaded where they are needed.
  external: ["@duckdb/node-api", "pg", "pg-copy-streams", "mongodb", "fs-native-extensions", "@azure/*", "tedious"],
  // Some bundled packages are CommonJS and ask for Node's modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  plugins: [validator, templates],
  metafile: true,
  logLevel: "warning",
});

const LICENSES = "dist/LICENSES.txt";
const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
writeFileSync(`${root}${LICENSES}`, bundledLicenses(root, bundled));

// Last, so that whoever runs the command meanwhile finds all of its files.
for (const entry of readdirSync(`${root}dist`, { recursive: true, withFileTypes: true })) {
  const path = `${entry.parentPath}/${entry.name}`.slice(root.length);
  if (entry.isFile() && path !== LICENSES && !Object.hasOwn(metafile.outputs, path)) rmSync(`${root}${path}`);
}

// npx looks here, and npm puts only the commands of other packages here.
const link = `${root}node_modules/.bin/medalc`;
if (!existsSync(link)) symlinkSync("../../bin/medalc.js", link);
