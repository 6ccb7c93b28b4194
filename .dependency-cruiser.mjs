/**
 * The layers of src: a phase imports itself and earlier ones, never a later one. The core is everything that also runs
 * in a browser, so it imports no Node module. Checked by test/architecture.
 */
const layers = [
  // The vocabulary that every phase speaks.
  "^src/(source|types|host|version|time-zones|templates\\.d|semantics/typed)\\.ts$",
  "^src/diagnostics/",
  "^src/functions/",
  "^src/parser/",
  "^src/semantics/",
  "^src/plan/",
  "^src/compile\\.ts$",
  "^src/format/",
  "^src/codegen/",
  "^src/config/",
  "^src/import/",
  "^src/index\\.ts$",
  "^src/(node-host|read-text)\\.ts$",
  "^src/runner/",
  "^src/deploy/",
  "^src/lsp/",
  "^src/cli/",
];

const edge = "^src/((node-host|read-text)\\.ts|runner/|deploy/|lsp/|cli/)";

const noLaterPhase = layers.slice(0, -1).map((layer, index) => ({
  name: `no-later-phase-than-${layer
    .replace(/[^a-z-]+/gi, " ")
    .trim()
    .replace(/ /g, "-")}`,
  severity: "error",
  from: { path: layer, ...(index === 4 ? { pathNot: layers[0] } : {}) },
  to: { path: `^src/`, pathNot: layers.slice(0, index + 1) },
}));

export default {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "every-file-has-a-layer",
      comment: "a new folder of src gets a line in the list of layers",
      severity: "error",
      from: { path: "^src/", pathNot: layers },
      to: {},
    },
    ...noLaterPhase,
    {
      name: "core-imports-no-node-module",
      severity: "error",
      from: { path: "^src/", pathNot: edge },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "core-imports-only-packages-that-run-in-a-browser",
      severity: "error",
      from: { path: "^src/", pathNot: edge },
      to: {
        path: "node_modules/",
        pathNot: "node_modules/(handlebars|ajv|jsonc-parser|yaml|@noble|@azure/arm-datafactory)/",
      },
    },
    {
      name: "one-door-to-duckdb",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/runner/duckdb" },
      to: { path: "node_modules/@duckdb/" },
    },
    { name: "everything-resolves", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "\\.hbs$" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    parser: "swc",
    moduleSystems: ["es6"],
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".js", ".d.ts"],
    },
  },
};
