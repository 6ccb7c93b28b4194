/** All objects of the factory as one list, which is written as Git files and as an ARM template. */
import type { Program, Setting } from "../../plan/program.ts";
import { type CloudHosts, hostsIn } from "../shared/cloud.ts";
import { jobKey } from "../shared/databricks-job.ts";
import { createNames } from "../shared/names.ts";
import type { EnvironmentValues } from "../target.ts";
import { buildIngest } from "./ingest.ts";
import { buildOrchestration } from "./main-pipeline.ts";
import { createBuild, keyOf, type Resource, referencesOf } from "./model.ts";
import { buildServices } from "./services.ts";
import { required } from "./settings.ts";
import { buildTrigger } from "./trigger.ts";

export interface Factory {
  readonly name: Setting;
  /** The key of the Databricks job that it runs. */
  readonly job: string;
  /** The pipeline of a whole run, which fails if any part of it fails. */
  readonly pipeline: string;
  /** The trigger of the schedule, if the program has one. */
  readonly trigger?: string;
  /** Each after its references. */
  readonly resources: readonly Resource[];
}

const built = new WeakMap<Program, Map<CloudHosts, Factory>>();

/** The factory of a program in a cloud. Cached. */
export function factoryOf(program: Program, environment: EnvironmentValues): Factory {
  const hosts = hostsIn(environment);
  const known = built.get(program) ?? new Map<CloudHosts, Factory>();
  const factory = known.get(hosts) ?? assemble(program, hosts);
  built.set(program, known.set(hosts, factory));
  return factory;
}

function assemble(program: Program, hosts: CloudHosts): Factory {
  if (!program.ingest) throw new Error("the program has no data factory");
  const build = createBuild(program.name, program.ingest.settings.integration_runtime);
  const pipelineNames = createNames();
  const services = buildServices(program, hosts, build);
  const ingests = buildIngest(program, hosts, services, build, pipelineNames);
  const { pipelines, master } = buildOrchestration(program, hosts, services, ingests, build, pipelineNames);
  const { schedule } = program;
  const trigger = schedule && buildTrigger(schedule, program.name, master, build);
  return {
    name: required(program.ingest, "name"),
    job: jobKey(program),
    pipeline: master,
    ...(trigger ? { trigger: trigger.name } : {}),
    resources: used([
      ...services.linkedServices,
      ...services.datasets,
      ...ingests.flatMap(({ inner, pipeline }) => [...inner, pipeline]),
      ...pipelines,
      ...(trigger ? [trigger] : []),
    ]),
  };
}

/** Removes linked services and datasets that no pipeline uses, such as those of a source without tables. */
function used(resources: readonly Resource[]): readonly Resource[] {
  const needed = new Set<string>();
  for (const resource of resources.toReversed()) {
    const runs = resource.kind === "pipeline" || resource.kind === "trigger";
    if (runs || needed.has(keyOf(resource))) for (const each of referencesOf(resource)) needed.add(keyOf(each));
    if (runs) needed.add(keyOf(resource));
  }
  return resources.filter((resource) => needed.has(keyOf(resource)));
}
