/**
 * Runs a job of a bundle as Databricks does: a task when those before it have ended, skipped where one of them has failed
 * unless it runs in any case, with references to values and states filled in. The run fails if a last task fails.
 */
import { join } from "node:path";
import type { Spark, TaskOutcome } from "./session.ts";

export interface JobSettings {
  readonly parameters: readonly { readonly name: string; readonly default: string }[];
  readonly tasks: readonly {
    readonly task_key: string;
    readonly depends_on?: readonly { readonly task_key: string }[];
    readonly run_if?: string;
    readonly notebook_task: {
      readonly notebook_path: string;
      readonly base_parameters?: Readonly<Record<string, string>>;
    };
  }[];
}

export interface JobRun {
  readonly id: string;
  /** When it starts, in milliseconds. */
  readonly started: number;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface JobOutcome {
  readonly result: "SUCCESS" | "FAILED";
  readonly states: ReadonlyMap<string, string>;
  readonly tasks: ReadonlyMap<string, TaskOutcome>;
}

/** @param folder that of the bundle, `out/databricks` */
export async function runJob(spark: Spark, folder: string, job: JobSettings, run: JobRun): Promise<JobOutcome> {
  const states = new Map<string, string>();
  const tasks = new Map<string, TaskOutcome>();
  const given = Object.fromEntries(job.parameters.map(({ name, default: value }) => [name, value]));
  const parameters = { ...given, ...run.parameters };
  const known = (reference: string): string | undefined => {
    const [, task = "", key = ""] = /^tasks\.(\w+)\.values\.(\w+)$/.exec(reference) ?? [];
    const [, ended = ""] = /^tasks\.(\w+)\.result_state$/.exec(reference) ?? [];
    const of: Readonly<Record<string, string>> = {
      "job.run_id": run.id,
      "job.repair_count": "0",
      "job.start_time.timestamp_ms": String(run.started),
    };
    return of[reference] ?? states.get(ended) ?? tasks.get(task)?.values[key];
  };
  for (const { task_key: key, depends_on: before = [], run_if: when, notebook_task: notebook } of job.tasks) {
    if (when !== "ALL_DONE" && before.some((each) => states.get(each.task_key) !== "success")) {
      states.set(key, "upstream_failed");
      continue;
    }
    const base = Object.entries(notebook.base_parameters ?? {}).map(([name, text]) => {
      const filled = text.replace(/\{\{([^}]+)\}\}/g, (all, reference: string) => known(reference) ?? all);
      return [name, filled] as const;
    });
    const values = Object.fromEntries(job.tasks.map((each) => [each.task_key, tasks.get(each.task_key)?.values ?? {}]));
    const path = join(folder, notebook.notebook_path);
    const outcome = await spark.task(path, { ...Object.fromEntries(base), ...parameters }, values);
    tasks.set(key, outcome);
    states.set(key, outcome.error === undefined ? "success" : "failed");
  }
  const needed = new Set(job.tasks.flatMap(({ depends_on: before = [] }) => before.map((each) => each.task_key)));
  const last = job.tasks.filter(({ task_key: key }) => !needed.has(key));
  const isFine = last.every(({ task_key: key }) => states.get(key) === "success");
  return { result: isFine ? "SUCCESS" : "FAILED", states, tasks };
}
