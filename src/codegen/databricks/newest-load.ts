/** The notebook that chooses the load of a run: the first task of the job, which the tasks that read bronze wait for. */
import notebookTemplate from "../../../templates/databricks/notebook.py.hbs";
import type { Program } from "../../plan/program.ts";
import { template } from "../shared/template.ts";
import { markdownCell, origin } from "./markdown.ts";
import { parameters } from "./notebook.ts";

const render = template<{ readonly cells: readonly (readonly string[])[] }>(notebookTemplate);

/** Its path in the bundle, its task, and the value that the task gives to the others. */
export const NEWEST_LOAD = {
  path: "notebooks/newest_load",
  task: "newest_load",
  value: "{{tasks.newest_load.values.load}}",
} as const;

export function newestLoadNotebook(program: Program, lake: string): string {
  return render({
    cells: [
      markdownCell([
        "# The load of a run",
        "The load that is given, else the newest one that is complete in all bronze tables. All tasks of the run read it.",
        origin(program.span),
      ]),
      ["# MAGIC %run ./lake"],
      parameters(lake),
      ['dbutils.jobs.taskValues.set(key="load", value=dbutils.widgets.get("load") or lake.newest_load())'],
    ],
  });
}
