/** All objects of the factory, as one list; the Git files and the ARM template are two ways to write it down. */
import type { Program, Setting } from "../../plan/program.ts";
import { createNames } from "../shared/names.ts";
import { buildIngest } from "./ingest.ts";
import { buildOrchestration } from "./master.ts";
import { createBuild, type Resource } from "./model.ts";
import { buildServices } from "./services.ts";
import { required } from "./settings.ts";
import { buildTrigger } from "./trigger.ts";

export interface Factory {
  readonly name: Setting;
  /** Each after those that it refers to. */
  readonly resources: readonly Resource[];
}

/** The program must have passed the target's check. */
export function buildFactory(program: Program): Factory {
  if (!program.ingest) throw new Error("the program has no data factory");
  const build = createBuild(program.name);
  const pipelineNames = createNames();
  const services = buildServices(program, build);
  const ingests = buildIngest(program, services, build, pipelineNames);
  const { pipelines, master } = buildOrchestration(program, services, ingests, build, pipelineNames);
  const { schedule } = program;
  return {
    name: required(program.ingest, "name"),
    resources: [
      ...services.linkedServices,
      ...services.datasets,
      ...ingests.map((ingest) => ingest.pipeline),
      ...pipelines,
      ...(schedule
        ? [buildTrigger(schedule, createNames().take("tr", program.name, schedule.frequency), master, build)]
        : []),
    ],
  };
}
