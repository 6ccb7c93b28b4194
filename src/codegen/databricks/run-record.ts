/**
 * The notebook that records a run: the last task of the job, which runs whatever became of the others. It fails if a table
 * was not built: otherwise the job, whose result is that of its last tasks, would succeed.
 */
import notebookTemplate from "../../../templates/databricks/notebook.py.hbs";
import type { Program } from "../../plan/program.ts";
import { template } from "../shared/template.ts";
import { markdownCell, origin } from "./markdown.ts";
import { parameters } from "./notebook.ts";

const render = template<{ readonly cells: readonly (readonly string[])[] }>(notebookTemplate);

/** Its path in the bundle, and its task. */
export const RUN_RECORD = { path: "notebooks/run_record", task: "run_record" } as const;

export function runRecordNotebook(program: Program, lake: string): string {
  return render({
    cells: [
      markdownCell([
        "# The record of a run",
        "Adds what became of each table to the table `runs` of the lake, and fails if a table was not built, so that the run of the job fails.",
        origin(program.span),
      ]),
      ["# MAGIC %run ./lake"],
      [
        "import json",
        "",
        ...parameters(lake),
        ...["run", "started", "tables"].map((name) => `dbutils.widgets.text("${name}", "")`),
      ],
      [
        ...["run", "started"].map((name) => `${name} = dbutils.widgets.get("${name}")`),
        'tables = json.loads(dbutils.widgets.get("tables"))',
        "dbutils.notebook.exit(lake.record_run(run, started, tables))",
      ],
    ],
  });
}
