/** The notebook that chooses the load of a run: the first task of the job, which the tasks that read bronze wait for. */
import notebookTemplate from "../../../templates/databricks/notebook.py.hbs";
import type { Program } from "../../plan/program.ts";
import { pythonString, sparkTypeName } from "../expressions/spark.ts";
import { template } from "../shared/template.ts";
import { type CatalogPlace, maskedColumns, maskName } from "../shared/unity-catalog.ts";
import { markdownCell, origin } from "./markdown.ts";
import { parameters } from "./notebook.ts";
import { layoutStatement } from "./python/layout.ts";
import { call } from "./python/text.ts";

type Cell = readonly string[];

const render = template<{ readonly environment: Cell; readonly cells: readonly Cell[] }>(notebookTemplate);

/** Its path in the bundle, its task, and the value that the task gives to the others. */
export const NEWEST_LOAD = {
  path: "notebooks/newest_load",
  task: "newest_load",
  value: "{{tasks.newest_load.values.load}}",
} as const;

export function newestLoadNotebook(program: Program, lake: string, catalog?: CatalogPlace): string {
  const masks = catalog ? maskCells(program, catalog) : [];
  return render({
    environment: [],
    cells: [
      markdownCell([
        "# The load of a run",
        "The load that is given, else the newest one that is complete in all bronze tables. All tasks of the run read it.",
        origin(program.span),
      ]),
      ["# MAGIC %run ./lake"],
      ...(masks.length === 0 ? [] : [["# MAGIC %run ./catalog"]]),
      parameters(lake, masks.length === 0 ? undefined : catalog),
      ...masks,
      ['dbutils.jobs.taskValues.set(key="load", value=dbutils.widgets.get("load") or lake.newest_load())'],
    ],
  });
}

/** The functions that mask columns: no table has a mask before they exist. */
function maskCells(program: Program, { piiReaders }: CatalogPlace): readonly Cell[] {
  const types = new Set(maskedColumns(program).map(({ type }) => sparkTypeName(type)));
  if (types.size === 0) return [];
  const entries = [...types].sort().map((type) => `${pythonString(maskName(type))}: ${pythonString(type)}`);
  return [
    markdownCell(["Columns with personal data are masked: `pii_readers` see their values, and this job."]),
    [
      layoutStatement("", call("dbutils.widgets.text", ['"pii_readers"', pythonString(piiReaders)])),
      layoutStatement("", call("lake.create_masks", [`{${entries.join(", ")}}`, 'dbutils.widgets.get("pii_readers")'])),
    ],
  ];
}
