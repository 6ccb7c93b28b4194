/**
 * `databricks.yml`: a job that runs the notebooks. Data Factory runs the notebooks of the bundle directly; the job is for
 * runs without it, on the latest load of each table, so it has no schedule.
 */
import { stringify } from "yaml";
import { type Program, qualifiedName, type ServicePlan } from "../../plan/program.ts";
import { safeName } from "../shared/names.ts";
import { bundleRoot, notebookPaths } from "../shared/notebooks.ts";
import { requiredText } from "../shared/settings.ts";
import { sparkVersion } from "../shared/spark-version.ts";
import type { EmitContext, EnvironmentValues } from "../target.ts";
import { lakeRoot, type Workers, workersOf, workspaceUrl } from "./environment.ts";
import { origin, plainLines } from "./markdown.ts";

/** Maximum number of tasks per job. */
const MOST_TASKS = 1000;

const CLUSTER = "main";

/** `${…}` as the bundle's tool and `{{…}}` as the service fill them in; no name of a program stands in such a place. */
const variable = (name: string): string => `\${var.${name}}`;
const parameter = (name: string): string => `{{job.parameters.${name}}}`;

interface Task {
  readonly task_key: string;
  readonly depends_on?: readonly { readonly task_key: string }[];
  readonly job_cluster_key?: string;
  readonly notebook_task?: { readonly notebook_path: string };
  readonly run_job_task?: { readonly job_id: string; readonly job_parameters: Readonly<Record<string, string>> };
}

export function bundle(program: Program, compute: ServicePlan, context: EmitContext): string {
  const { environment } = context;
  const environments = context.environments.length === 0 ? [environment] : context.environments;
  const values = variables(program, compute, environment);
  const first = environments.find(isDevelopment) ?? environments[0];
  const document = {
    bundle: { name: safeName(program.name) },
    variables: Object.fromEntries(
      Object.entries(values).map(([name, { description, value }]) => [name, { description, default: value }]),
    ),
    resources: { jobs: jobs(program, requiredWorkers(compute, environment)) },
    targets: Object.fromEntries(
      environments.map((each) => [safeName(each.name), target(program, compute, each, each === first, values)]),
    ),
  };
  return `${header(program)}${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** The header comment: the project and its source. */
function header({ name, doc, span }: Program): string {
  const lines = [...plainLines(doc ?? name), "", origin(span)];
  return lines.map((line) => `${`# ${line}`.trimEnd()}\n`).join("");
}

function requiredWorkers(compute: ServicePlan, environment: EnvironmentValues): Workers {
  const workers = workersOf(compute, environment);
  if (workers === undefined) throw new Error("the check lets no such number of workers pass");
  return workers;
}

type Variables = Readonly<Record<string, { readonly description: string; readonly value: string }>>;

function variables(program: Program, compute: ServicePlan, environment: EnvironmentValues): Variables {
  const { settings } = compute;
  return {
    lake: { description: "Root of the lake", value: lakeRoot(program, environment) },
    spark_version: {
      description: "Databricks runtime of the job's cluster",
      value: sparkVersion(requiredText(settings, "runtime", environment)),
    },
    node_type: {
      description: "Azure node type of the job's cluster",
      value: requiredText(settings, "node", environment),
    },
  };
}

/** The jobs by key: one, or for very many tables several and one that runs them in sequence. */
function jobs(program: Program, workers: Workers): Readonly<Record<string, object>> {
  const key = safeName(program.name);
  const cluster = { job_clusters: [{ job_cluster_key: CLUSTER, new_cluster: newCluster(workers) }] };
  const tasks = notebookTasks(program);
  if (tasks.length <= MOST_TASKS) return { [key]: { ...jobOf(key, tasks), ...cluster } };
  const parts: Record<string, object> = {};
  const runs: Task[] = [];
  for (let at = 0; at < tasks.length; at += MOST_TASKS) {
    const part = `${key}_part_${runs.length + 1}`;
    parts[part] = { ...jobOf(part, within(tasks.slice(at, at + MOST_TASKS))), ...cluster };
    runs.push(runTask(part, runs.at(-1)));
  }
  return { [key]: jobOf(key, runs), ...parts };
}

function jobOf(name: string, tasks: readonly Task[]) {
  return {
    name,
    tags: { medal_project: name },
    max_concurrent_runs: 1,
    parameters: [
      { name: "lake", default: variable("lake") },
      { name: "load", default: "" },
    ],
    tasks,
  };
}

/** In the order of the plan, in which every table comes after its inputs. */
function notebookTasks(program: Program): readonly Task[] {
  const paths = notebookPaths(program);
  const keyOf = (relation: string): string[] => {
    const path = paths.get(relation);
    return path === undefined ? [] : [path.split("/").slice(1).join("_")];
  };
  return program.tables.map((table): Task => {
    const name = qualifiedName(table);
    const before = table.reads.flatMap(keyOf);
    return {
      task_key: keyOf(name).join(),
      ...(before.length === 0 ? {} : { depends_on: before.map((task_key) => ({ task_key })) }),
      job_cluster_key: CLUSTER,
      notebook_task: { notebook_path: `./${paths.get(name)}.py` },
    };
  });
}

/** Without dependencies on tasks of earlier jobs. */
function within(tasks: readonly Task[]): readonly Task[] {
  const here = new Set(tasks.map((task) => task.task_key));
  return tasks.map(({ depends_on: dependsOn, ...task }) => {
    const inside = dependsOn?.filter((each) => here.has(each.task_key)) ?? [];
    return inside.length === 0 ? task : { ...task, depends_on: inside };
  });
}

function runTask(part: string, before: Task | undefined): Task {
  return {
    task_key: part,
    ...(before ? { depends_on: [{ task_key: before.task_key }] } : {}),
    run_job_task: {
      job_id: `\${resources.jobs.${part}.id}`,
      job_parameters: { lake: parameter("lake"), load: parameter("load") },
    },
  };
}

function newCluster({ from, to }: Workers) {
  const cluster = {
    spark_version: variable("spark_version"),
    node_type_id: variable("node_type"),
    data_security_mode: "SINGLE_USER",
  };
  if (to === 0) {
    return {
      ...cluster,
      num_workers: 0,
      spark_conf: { "spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]" },
      custom_tags: { ResourceClass: "SingleNode" },
    };
  }
  return from === to
    ? { ...cluster, num_workers: to }
    : { ...cluster, autoscale: { min_workers: from, max_workers: to } };
}

/**
 * The deployment target of an environment. Its data factory expects the notebooks in this folder, so it is the same for all
 * users, and the mode `development`, which creates a copy per user, is not used.
 */
function target(
  program: Program,
  compute: ServicePlan,
  environment: EnvironmentValues,
  isDefault: boolean,
  defaults: Variables,
) {
  const different = Object.entries(variables(program, compute, environment)).filter(
    ([name, { value }]) => value !== defaults[name]?.value,
  );
  return {
    ...(isDefault ? { default: true } : {}),
    ...(isDevelopment(environment)
      ? { presets: { name_prefix: `[${safeName(environment.name)}] ` } }
      : { mode: "production" }),
    workspace: { host: workspaceUrl(compute, environment), root_path: bundleRoot(program) },
    ...(different.length === 0
      ? {}
      : { variables: Object.fromEntries(different.map(([name, { value }]) => [name, value])) }),
  };
}

function isDevelopment(environment: EnvironmentValues): boolean {
  return /^dev/i.test(environment.name);
}
