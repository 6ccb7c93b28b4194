/**
 * `databricks.yml`: a job that runs the notebooks, with a target for each environment. The data factory runs this job; it
 * has no schedule of its own.
 */
import { stringify } from "yaml";
import { builtTables, type Program, qualifiedName, recordsOf, type ServicePlan } from "../../plan/program.ts";
import { principalKind, principalsIn, secondsOf } from "../../semantics/setting-rules.ts";
import { jobKey, jobName } from "../shared/databricks-job.ts";
import { safeName } from "../shared/names.ts";
import { bundleRoot, notebookPaths, taskKey } from "../shared/notebooks.ts";
import { notifiedDestinations, notifiedEmails } from "../shared/notify.ts";
import { requiredText, settingText } from "../shared/settings.ts";
import { catalogPlace, maskedColumns } from "../shared/unity-catalog.ts";
import type { EmitContext, EnvironmentValues } from "../target.ts";
import { catalogSchemas } from "./catalog-schemas.ts";
import { clusterVariables, jobClusters, taskCompute } from "./compute.ts";
import { lakeRoot, workspaceUrl } from "./environment.ts";
import { origin, plainLines } from "./markdown.ts";
import { NEWEST_LOAD } from "./newest-load.ts";
import { RUN_RECORD } from "./run-record.ts";

/** Maximum number of tasks per job, and of those with tables: others choose the load, and record the run. */
const MOST_TASKS = 1000;
const MOST_TABLES = MOST_TASKS - 2;

/** `${…}` as the bundle's tool and `{{…}}` as the service fill them in; no name of a program is in such a place. */
const variable = (name: string): string => `\${var.${name}}`;
const parameter = (name: string): string => `{{job.parameters.${name}}}`;
const TARGET = `\${bundle.target}`;

interface Task {
  readonly task_key: string;
  readonly depends_on?: readonly { readonly task_key: string }[];
  readonly run_if?: "ALL_DONE";
  /** The table that it builds, which is no property of a task. */
  readonly table?: string;
  readonly notebook_task?: {
    readonly notebook_path: string;
    readonly base_parameters?: Readonly<Record<string, string>>;
  };
  readonly run_job_task?: { readonly job_id: string; readonly job_parameters: Readonly<Record<string, string>> };
}

export function bundle(program: Program, compute: ServicePlan, context: EmitContext): string {
  const { environment } = context;
  const environments = context.environments.length === 0 ? [environment] : context.environments;
  const values = Object.assign({}, ...[...environments, environment].map((each) => variables(program, compute, each)));
  const first = environments.find(isDevelopment) ?? environments[0];
  const key = jobKey(program);
  const own = environments.map((each) => ({
    schemas: catalogSchemas(program, compute, each),
    jobs: jobs(program, compute, each),
    notifications: notifications(program, each),
  }));
  const [common] = own;
  const isCommon = (of: keyof (typeof own)[number]): boolean =>
    own.every((each) => JSON.stringify(each[of]) === JSON.stringify(common?.[of]));
  const notified = ({ jobs: all, notifications: to }: (typeof own)[number]) => ({
    ...all,
    [key]: { ...all[key], ...to },
  });
  const shared = common && (isCommon("notifications") ? notified(common) : common.jobs);
  const schemasOf = ({ schemas }: (typeof own)[number]) => (Object.keys(schemas).length === 0 ? {} : { schemas });
  const sharedResources = {
    ...(common && isCommon("schemas") ? schemasOf(common) : {}),
    ...(isCommon("jobs") ? { jobs: shared } : {}),
  };
  /** What a target adds to what all share: whole schemas and jobs, or only who is notified. */
  const ownResources = (each: (typeof own)[number] | undefined): object => {
    if (each === undefined) return {};
    const isNotified = !isCommon("notifications") && Object.keys(each.notifications).length > 0;
    const resources = {
      ...(isCommon("schemas") ? {} : schemasOf(each)),
      ...(isCommon("jobs") ? {} : { jobs: notified(each) }),
      ...(isCommon("jobs") && isNotified ? { jobs: { [key]: each.notifications } } : {}),
    };
    return Object.keys(resources).length === 0 ? {} : { resources };
  };
  const document = {
    bundle: { name: safeName(program.name) },
    variables: Object.fromEntries(
      Object.entries<Variables[string]>(values).map(([name, { description, value }]) => [
        name,
        { description, default: value },
      ]),
    ),
    ...(Object.keys(sharedResources).length === 0 ? {} : { resources: sharedResources }),
    targets: Object.fromEntries(
      environments.map((each, at) => [
        safeName(each.name),
        { ...target(program, compute, each, each === first, values), ...ownResources(own[at]) },
      ]),
    ),
  };
  return `${header(program)}${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** Who is notified when a run of the job fails. A job in several parts fails as a whole if a part of it fails. */
function notifications(program: Program, environment: EnvironmentValues): object {
  const emails = notifiedEmails(program, environment);
  const destinations = notifiedDestinations(program, environment);
  return {
    ...(emails.length === 0 ? {} : { email_notifications: { on_failure: emails } }),
    ...(destinations.length === 0 ? {} : { webhook_notifications: { on_failure: destinations.map((id) => ({ id })) } }),
  };
}

/** The header comment: the project and its source. */
function header({ name, doc, span }: Program): string {
  const lines = [...plainLines(doc ?? name), "", origin(span)];
  return lines.map((line) => `${`# ${line}`.trimEnd()}\n`).join("");
}

type Variables = Readonly<Record<string, { readonly description: string; readonly value: string }>>;

function variables(program: Program, compute: ServicePlan, environment: EnvironmentValues): Variables {
  return {
    lake: { description: "Root of the lake", value: lakeRoot(program, environment) },
    ...catalogVariables(program, environment),
    ...clusterVariables(compute, environment),
  };
}

/** Where the tables are registered, and who sees personal data in them. */
function catalogVariables(program: Program, environment: EnvironmentValues): Variables {
  const place = catalogPlace(program, environment);
  if (place === undefined) return {};
  return {
    catalog: { description: "Catalog of the tables", value: place.catalog },
    schema_prefix: { description: "Start of the names of its schemas", value: place.prefix },
    ...(maskedColumns(program).length === 0
      ? {}
      : {
          pii_readers: {
            description: "Who sees personal data",
            value: place.piiReaders,
          },
        }),
  };
}

/** The jobs by key: one, or for very many tables several and one that runs them in sequence. */
function jobs(
  program: Program,
  compute: ServicePlan,
  environment: EnvironmentValues,
): Readonly<Record<string, object>> {
  const key = jobKey(program);
  const timeout = secondsOf(requiredText(compute.settings, "timeout", environment));
  const job = (name: string) => jobOf(program, name, timeout, catalogVariables(program, environment));
  const ofNotebooks = (tasks: readonly Task[]) => ({
    tasks: tasks.map(({ notebook_task: notebook, table: _, ...task }) => ({
      ...task,
      ...taskCompute(compute, environment),
      notebook_task: notebook,
    })),
    ...jobClusters(program, compute, environment),
  });
  const tasks = notebookTasks(program);
  const first: Task = {
    task_key: NEWEST_LOAD.task,
    notebook_task: { notebook_path: `./${NEWEST_LOAD.path}.py` },
  };
  if (tasks.length <= MOST_TABLES) {
    const all = [first, ...tasks, ...recordTasks(tasks, "{{job.run_id}}")];
    return { [key]: { ...job(key), ...ofNotebooks(all) } };
  }
  const parts: Record<string, object> = {};
  const runs: Task[] = [];
  for (let at = 0; at < tasks.length; at += MOST_TABLES) {
    const part = `${key}_part_${runs.length + 1}`;
    const here = within(tasks.slice(at, at + MOST_TABLES));
    const all = [...here, ...recordTasks(here, parameter("run"))];
    const { parameters, ...settings } = job(part);
    parts[part] = { ...settings, parameters: [...parameters, { name: "run", default: "" }], ...ofNotebooks(all) };
    runs.push(runTask(part, runs.at(-1) ?? first));
  }
  const { tasks: start, ...clusters } = ofNotebooks([first]);
  return { [key]: { ...job(key), tasks: [...start, ...runs], ...clusters }, ...parts };
}

/**
 * The task that records the run, after all tables, whatever became of them. It is also what fails the job: with a last task
 * that succeeds, the job would succeed too. A repair of the run runs it again, as a run of its own.
 */
function recordTasks(tables: readonly Task[], run: string): readonly Task[] {
  if (tables.length === 0) return [];
  // No table has braces in its name, which is that of a folder.
  const lines = tables.map(({ task_key: key, table = key }) => {
    return `  ${JSON.stringify(table)}: ["${key}", "{{tasks.${key}.result_state}}"]`;
  });
  return [
    {
      task_key: RUN_RECORD.task,
      depends_on: tables.map(({ task_key }) => ({ task_key })),
      run_if: "ALL_DONE",
      notebook_task: {
        notebook_path: `./${RUN_RECORD.path}.py`,
        base_parameters: {
          run: `${run}.{{job.repair_count}}`,
          started: "{{job.start_time.timestamp_ms}}",
          tables: `{\n${lines.join(",\n")}\n}\n`,
        },
      },
    },
  ];
}

/** @param more variables that are parameters as well */
function jobOf(program: Program, key: string, timeout: number | undefined, more: Variables) {
  return {
    name: jobName(key, TARGET),
    tags: { medal_project: safeName(program.name), medal_environment: TARGET },
    max_concurrent_runs: 1,
    timeout_seconds: timeout,
    parameters: [
      { name: "lake", default: variable("lake") },
      { name: "load", default: "" },
      ...Object.keys(more).map((name) => ({ name, default: variable(name) })),
    ],
  };
}

/** In the order of the plan, in which every table comes after its inputs. */
function notebookTasks(program: Program): readonly Task[] {
  const paths = notebookPaths(program);
  const keyOf = (relation: string): string[] => {
    const path = paths.get(relation);
    return path === undefined ? [] : [taskKey(path)];
  };
  const records = new Set(program.bronze.map(recordsOf));
  return builtTables(program).map((table): Task => {
    const name = qualifiedName(table);
    const readsBronze = table.reads.some((relation) => records.has(relation));
    const before = [...(readsBronze ? [NEWEST_LOAD.task] : []), ...table.reads.flatMap(keyOf)];
    return {
      task_key: keyOf(name).join(),
      table: name,
      ...(before.length === 0 ? {} : { depends_on: before.map((task_key) => ({ task_key })) }),
      notebook_task: {
        notebook_path: `./${paths.get(name)}.py`,
        ...(readsBronze ? { base_parameters: { newest_load: NEWEST_LOAD.value } } : {}),
      },
    };
  });
}

/** Without dependencies on tasks of earlier jobs. */
function within(tasks: readonly Task[]): readonly Task[] {
  const here = new Set(tasks.map((task) => task.task_key));
  return tasks.map(({ depends_on: dependsOn, notebook_task: notebook, ...rest }) => {
    const inside = dependsOn?.filter((each) => here.has(each.task_key)) ?? [];
    // The job that runs this one gives it the load as a parameter.
    const task = { ...rest, ...(notebook && { notebook_task: { notebook_path: notebook.notebook_path } }) };
    return inside.length === 0 ? task : { ...task, depends_on: inside };
  });
}

function runTask(part: string, before: Task): Task {
  return {
    task_key: part,
    depends_on: [{ task_key: before.task_key }],
    run_job_task: {
      job_id: `\${resources.jobs.${part}.id}`,
      job_parameters: { lake: parameter("lake"), load: NEWEST_LOAD.value, run: "{{job.run_id}}" },
    },
  };
}

/**
 * The deployment target of an environment. Its folder is the same whoever deploys it, and the mode `development`, which
 * creates a copy per user, is not used.
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
  const { settings } = compute;
  const runAs = settingText(settings.run_as, environment);
  return {
    ...(isDefault ? { default: true } : {}),
    ...(isDevelopment(environment) ? {} : { mode: "production" }),
    workspace: { host: workspaceUrl(compute, environment), root_path: bundleRoot(program, compute, environment) },
    ...(runAs === undefined ? {} : { run_as: { [principalKind(runAs)]: runAs } }),
    ...permissions(compute, environment),
    ...(different.length === 0
      ? {}
      : { variables: Object.fromEntries(different.map(([name, { value }]) => [name, value])) }),
  };
}

/** The levels of the bundle, highest first, which apply to its folder and its jobs. */
const LEVELS = { can_manage: "CAN_MANAGE", can_run: "CAN_RUN", can_view: "CAN_VIEW" } as const;

/** Each principal once, with its highest level. The identity that the job runs as has to read the notebooks. */
function permissions({ settings }: ServicePlan, environment: EnvironmentValues): object {
  const named = (name: string): readonly string[] => {
    const names = settingText(settings[name], environment);
    return names === undefined ? [] : principalsIn(names);
  };
  const runAs = settingText(settings.run_as, environment);
  const levels = new Map<string, string>();
  for (const [name, level] of Object.entries(LEVELS)) {
    const runner = name === "can_run" && runAs !== undefined ? [runAs] : [];
    for (const each of [...named(name), ...runner]) if (!levels.has(each)) levels.set(each, level);
  }
  const all = [...levels].map(([each, level]) => ({ level, [principalKind(each)]: each }));
  return all.length === 0 ? {} : { permissions: all };
}

function isDevelopment(environment: EnvironmentValues): boolean {
  return /^dev/i.test(environment.name);
}
