/** The Databricks target: a notebook per table, a shared notebook, and a bundle with a job. */
import catalogNotebook from "../../../templates/databricks/catalog.py.hbs";
import { builtTables, type Program, qualifiedName, recordsOf, type ServicePlan } from "../../plan/program.ts";
import type { OutputFile } from "../files.ts";
import { notebookPaths } from "../shared/notebooks.ts";
import { template } from "../shared/template.ts";
import { type CatalogPlace, catalogPlace } from "../shared/unity-catalog.ts";
import type { EmitContext, Target } from "../target.ts";
import { bundle } from "./bundle.ts";
import { databricksCheck } from "./check.ts";
import { computeKind } from "./compute.ts";
import { lakeRoot } from "./environment.ts";
import { library } from "./library.ts";
import { NEWEST_LOAD, newestLoadNotebook } from "./newest-load.ts";
import { notebook } from "./notebook.ts";
import { RUN_RECORD, runRecordNotebook } from "./run-record.ts";

export const databricksTarget: Target = {
  ...databricksCheck,
  emit: (program, context) => (program.compute ? files(program, program.compute, context) : []),
};

function files(program: Program, compute: ServicePlan, context: EmitContext): readonly OutputFile[] {
  const environments = [context.environment, ...context.environments];
  const isServerless = environments.some((each) => computeKind(compute, each) === "serverless");
  return [
    { path: "databricks/databricks.yml", text: bundle(program, compute, context), from: ["project"] },
    ...notebookFiles(program, lakeRoot(program, context.environment), {
      isServerless,
      catalog: catalogPlace(program, context.environment),
    }),
  ];
}

const renderCatalog = template<object>(catalogNotebook);

export interface NotebookOptions {
  readonly isServerless?: boolean;
  /** Without it, as on any Spark, the tables are not registered. */
  readonly catalog?: CatalogPlace | undefined;
}

/** The notebooks alone, for any Spark; `lake` is the root of the lake unless a parameter names another one. */
export function notebookFiles(
  program: Program,
  lake: string,
  { isServerless = false, catalog }: NotebookOptions = {},
): readonly OutputFile[] {
  const paths = notebookPaths(program);
  const bronze = new Map(program.bronze.map((each) => [recordsOf(each), each]));
  return [
    { path: "databricks/notebooks/lake.py", text: library(program), from: ["project"] },
    ...(catalog ? [{ path: "databricks/notebooks/catalog.py", text: renderCatalog({}), from: ["project"] }] : []),
    { path: `databricks/${NEWEST_LOAD.path}.py`, text: newestLoadNotebook(program, lake, catalog), from: ["project"] },
    ...(builtTables(program).length === 0
      ? []
      : [
          {
            path: `databricks/${RUN_RECORD.path}.py`,
            text: runRecordNotebook(program, lake),
            from: ["project"],
          },
        ]),
    ...builtTables(program).map((table) => ({
      path: `databricks/${paths.get(qualifiedName(table))}.py`,
      text: notebook(table, { bronze, lake, isServerless, catalog }),
      from: [qualifiedName(table)],
    })),
  ];
}
