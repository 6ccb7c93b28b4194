/**
 * The main pipeline: ingests, runs the Databricks job that builds the tables, then recreates the views. It determines the
 * load once and passes it on.
 */
import { type Program, qualifiedName } from "../../plan/program.ts";
import type { CloudHosts } from "../shared/cloud.ts";
import { createNames, type Names } from "../shared/names.ts";
import { viewScripts } from "../shared/serving-views.ts";
import { chunks } from "./chunks.ts";
import type { Ingest } from "./ingest.ts";
import { FULL_PIPELINE, MOST_ACTIVITIES } from "./limits.ts";
import { type Activity, type Build, type Resource, reference } from "./model.ts";
import type { Services } from "./services.ts";
import { required, retryingPolicy, timeoutOf } from "./settings.ts";
import { type Expressions, type FoldedPart, fitted, type Handed, type Part, type Step } from "./steps.ts";
import { bytesOf, expression, text } from "./value.ts";

export interface Orchestration {
  /** Each before those that run it, the main pipeline last. */
  readonly pipelines: readonly Resource[];
  readonly master: string;
}

interface Context {
  readonly program: Program;
  readonly hosts: CloudHosts;
  readonly services: Services;
  readonly build: Build;
  readonly pipelineNames: Names;
  readonly activityNames: Names;
}

const SET_LOAD = "set_load";
const inPart: Expressions = {
  lake: "@pipeline().parameters.lake",
  load: "@pipeline().parameters.load",
  reload: "@pipeline().parameters.reload",
};
const inMaster: Expressions = { ...inPart, load: "@variables('load')" };

export function buildOrchestration(
  program: Program,
  hosts: CloudHosts,
  services: Services,
  ingests: readonly Ingest[],
  build: Build,
  pipelineNames: Names,
): Orchestration {
  const context = { program, hosts, services, build, pipelineNames, activityNames: createNames() };
  const name = pipelineNames.take("pl", program.name);
  context.activityNames.take(SET_LOAD);
  const views = viewPipelines(context);
  const jobs = jobSteps(context, ingests);
  const phases = [
    { name: "ingest", steps: ingestSteps(context, ingests) },
    { name: "tables", steps: jobs },
    { name: "views", steps: viewSteps(context, jobs, views) },
  ];
  const parts: Resource[] = [];
  const steps = fitted(phases, 1, (part) => {
    const { pipeline, step } = foldedPart(context, part);
    parts.push(pipeline);
    return step;
  });
  const master = masterPipeline(context, name, steps);
  return { pipelines: [...views.map(({ pipeline }) => pipeline), ...parts, master], master: name };
}

function masterPipeline({ program, hosts, build }: Context, name: string, steps: readonly Step[]): Resource {
  const { lake, doc, span } = program;
  const activities = activitiesOf(steps, inMaster).map((activity) =>
    activity.dependsOn?.length ? activity : { ...activity, dependsOn: [SET_LOAD] },
  );
  const root = text`abfss://${required(lake, "container")}@${required(lake, "account")}.dfs.${hosts.storage}`;
  return build.pipeline(
    name,
    { description: doc, from: ["project"], span },
    {
      activities: [setLoad, ...activities],
      // Concurrent runs would write the same tables.
      concurrency: 1,
      parameters: {
        lake: { type: "String", defaultValue: root },
        load: { type: "String", defaultValue: "" },
        ...(steps.some(({ uses }) => uses.includes("reload")) ? { reload: { type: "Array", defaultValue: [] } } : {}),
      },
      variables: { load: { type: "String" } },
      folder: program.name,
    },
  );
}

/** A manual run has no load; a rerun has that of the original run, because parameters are kept and variables are not. */
const setLoad: Activity = {
  name: SET_LOAD,
  description: "The load that is given, else the start of this run.",
  type: "SetVariable",
  typeProperties: {
    variableName: "load",
    value: expression(
      "@if(empty(pipeline().parameters.load), formatDateTime(pipeline().TriggerTime, 'yyyyMMddTHHmmssZ'), pipeline().parameters.load)",
    ),
  },
};

function ingestSteps({ activityNames }: Context, ingests: readonly Ingest[]): readonly Step[] {
  return ingests.map(({ source, tables, pipeline, continues }) => {
    const uses: readonly Handed[] = continues ? ["load", "reload"] : ["load"];
    return {
      id: pipeline.name,
      dependsOn: [],
      uses,
      from: tables.map((bronze) => `bronze.${bronze.name}`),
      activity: runs(activityNames.take("ingest", source.name), pipeline.name, uses),
    };
  });
}

const JOB_STEP = "databricks job";

/**
 * The job builds all tables, so it waits for all sources that they read. It is not run again if it fails: it runs all tasks again, and a
 * failed expectation fails again. `Repair run` in Databricks runs the failed tasks only.
 */
function jobSteps({ program, services, activityNames }: Context, ingests: readonly Ingest[]): readonly Step[] {
  const { compute, bronze, tables } = program;
  const { databricks } = services;
  const built = [...bronze.flatMap(({ stored }) => stored?.table ?? []), ...tables];
  if (databricks === undefined || compute === undefined || built.length === 0) return [];
  const name = activityNames.take("tables");
  const read = new Set(tables.flatMap((table) => table.reads));
  const isRead = (ingest: Ingest): boolean =>
    ingest.tables.some(({ name, stored }) => stored !== undefined || read.has(`bronze.${name}`));
  return [
    {
      id: JOB_STEP,
      dependsOn: ingests.filter(isRead).map(({ pipeline }) => pipeline.name),
      uses: ["lake", "load"],
      from: built.map(qualifiedName),
      activity: (handed) => ({
        name,
        description: "Builds the silver and gold tables.",
        type: "DatabricksJob",
        policy: { timeout: timeoutOf(compute), retry: 0 },
        typeProperties: {
          jobId: text`${{ builtIn: "databricksJobId" }}`,
          jobParameters: { lake: expression(handed.lake), load: expression(handed.load) },
        },
        linkedServiceName: reference("LinkedServiceReference", databricks),
      }),
    },
  ];
}

interface ViewPipeline {
  readonly tables: readonly string[];
  readonly pipeline: Resource;
}

/** Pipelines that recreate the views, so that they have the columns of the tables. */
function viewPipelines({ program, services, build, pipelineNames }: Context): readonly ViewPipeline[] {
  const { synapse } = services;
  const { serve } = program;
  if (synapse === undefined || serve === undefined) return [];
  const policy = retryingPolicy(serve);
  const names = createNames();
  const views = viewScripts(program).map(({ name, batch: [before, after] }) => {
    const activity: Activity = {
      name: names.take(name),
      type: "Script",
      policy,
      typeProperties: { scripts: [{ type: "NonQuery", text: text`${before}${{ builtIn: "environment" }}${after}` }] },
      linkedServiceName: reference("LinkedServiceReference", synapse),
    };
    return { table: name, activity };
  });
  const limit = { count: MOST_ACTIVITIES, weight: FULL_PIPELINE };
  return chunks(views, limit, ({ activity }) => bytesOf(activity.typeProperties)).map((part) => {
    const tables = part.map(({ table }) => table);
    const pipeline = build.pipeline(
      pipelineNames.take("pl", program.name, "views"),
      { description: "Recreates the views over the gold tables.", from: tables, span: program.span },
      { activities: part.map(({ activity }) => activity), folder: program.name },
    );
    return { tables, pipeline };
  });
}

function viewSteps({ activityNames }: Context, jobs: readonly Step[], views: readonly ViewPipeline[]): readonly Step[] {
  return views.map(({ tables, pipeline }) => ({
    id: pipeline.name,
    dependsOn: jobs.map(({ id }) => id),
    uses: [],
    from: tables,
    activity: runs(activityNames.take("views"), pipeline.name, []),
  }));
}

function foldedPart(
  { program, build, pipelineNames, activityNames }: Context,
  { phase, number, steps }: Part,
): { readonly pipeline: Resource; readonly step: FoldedPart } {
  const words = number === undefined ? [phase] : [phase, String(number)];
  const uses = (["lake", "load", "reload"] as const).filter((each) => steps.some((step) => step.uses.includes(each)));
  const from = [...new Set(steps.flatMap((step) => step.from))];
  const pipeline = build.pipeline(
    pipelineNames.take("pl", program.name, ...words),
    { description: `A part of the whole run: ${words.join(" ")}.`, from, span: program.span },
    {
      activities: activitiesOf(steps, inPart),
      parameters: Object.fromEntries(uses.map((each) => [each, { type: each === "reload" ? "Array" : "String" }])),
      folder: program.name,
    },
  );
  const activity = runs(activityNames.take(...words), pipeline.name, uses);
  return { pipeline, step: { id: pipeline.name, uses, from, activity } };
}

/** The activities of a pipeline's steps, which wait for each other by their activities' names. */
function activitiesOf(steps: readonly Step[], handed: Expressions): readonly Activity[] {
  const activities = steps.map((step) => ({ step, activity: step.activity(handed) }));
  const names = new Map(activities.map(({ step, activity }) => [step.id, activity.name]));
  return activities.map(({ step, activity }) => ({
    ...activity,
    dependsOn: step.dependsOn.flatMap((id) => names.get(id) ?? []),
  }));
}

function runs(name: string, pipeline: string, uses: readonly Handed[]): Step["activity"] {
  return (handed) => ({
    name,
    type: "ExecutePipeline",
    typeProperties: {
      pipeline: reference("PipelineReference", pipeline),
      waitOnCompletion: true,
      ...(uses.length === 0
        ? {}
        : { parameters: Object.fromEntries(uses.map((each) => [each, expression(handed[each])])) }),
    },
  });
}
