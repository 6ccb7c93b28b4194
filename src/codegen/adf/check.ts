/** What Data Factory cannot do of a program, each with its place. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Program, ServicePlan } from "../../plan/program.ts";
import { windowsTimeZone } from "../../time-zones.ts";
import { requiredText } from "../shared/settings.ts";
import type { EmitContext, TargetCheck } from "../target.ts";
import { parametersOf } from "./arm.ts";
import { factoryOf } from "./factory.ts";
import { LARGEST_OBJECT, MOST_OBJECTS, MOST_PARAMS } from "./limits.ts";
import { bytesOf } from "./value.ts";

const FACTORY_NAME = /^(?=.{3,63}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/;

export const adfCheck: TargetCheck = {
  id: "adf",
  applies: (program) => program.ingest?.kind === "datafactory",
  check: (program, context) => (program.ingest ? checkFactory(program, program.ingest, context) : []),
};

function checkFactory(program: Program, ingest: ServicePlan, context: EmitContext): readonly Diagnostic[] {
  const problems = [...factoryNames(ingest, context), ...settings(program)];
  return problems.length > 0 ? problems : sizes(program, context);
}

function factoryNames(ingest: ServicePlan, { environment, environments }: EmitContext): readonly Diagnostic[] {
  const names = [environment, ...environments].map((each) => requiredText(ingest.settings, "name", each));
  return [...new Set(names)]
    .filter((name) => !FACTORY_NAME.test(name))
    .map((name) => diagnostic("adf-factory-name", ingest.span, { name }));
}

function settings({ compute, schedule }: Program): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (compute && !compute.settings.resource_id)
    problems.push(diagnostic("adf-databricks-resource-id", compute.span, {}));
  if (schedule && windowsTimeZone(schedule.timeZone) === undefined) {
    problems.push(diagnostic("adf-time-zone", schedule.span, { zone: schedule.timeZone }));
  }
  return problems;
}

function sizes(program: Program, { environment }: EmitContext): readonly Diagnostic[] {
  const factory = factoryOf(program, environment);
  const { resources } = factory;
  const problems: Diagnostic[] = [];
  if (resources.length > MOST_OBJECTS) {
    const params = { count: resources.length, most: MOST_OBJECTS };
    problems.push(diagnostic("adf-too-many-objects", program.span, params));
  }
  const parameters = parametersOf(program, factory);
  if (parameters.length > MOST_PARAMS) {
    problems.push(diagnostic("adf-too-many-params", program.span, { count: parameters.length, most: MOST_PARAMS }));
  }
  for (const { kind, name, properties, span } of resources) {
    const size = bytesOf(properties);
    if (size <= LARGEST_OBJECT[kind]) continue;
    problems.push(
      diagnostic("adf-object-too-large", span, { name, size: inKb(size), most: inKb(LARGEST_OBJECT[kind]) }),
    );
  }
  return problems;
}

function inKb(bytes: number): number {
  return Math.ceil(bytes / 1024);
}
