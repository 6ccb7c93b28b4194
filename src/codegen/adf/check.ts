/** Checks the limits and rules of Data Factory. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzePlan, Program, ServicePlan, SourcePlan, TablePlan } from "../../plan/program.ts";
import { windowsTimeZone } from "../../time-zones.ts";
import { requiredText } from "../shared/settings.ts";
import type { EmitContext, EnvironmentValues, TargetCheck } from "../target.ts";
import { parametersOf } from "./arm.ts";
import { factoryOf } from "./factory.ts";
import { FULL_PIPELINE, LARGEST_OBJECT, MOST_OBJECTS, MOST_PARAMS } from "./limits.ts";
import { bytesOf } from "./value.ts";

const FACTORY_NAME = /^(?=.{3,63}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/;

export const adfCheck: TargetCheck = {
  id: "adf",
  applies: (program) => program.ingest?.kind === "datafactory",
  check: (program, context) => (program.ingest ? checkFactory(program, program.ingest, context) : []),
};

function checkFactory(program: Program, ingest: ServicePlan, context: EmitContext): readonly Diagnostic[] {
  const problems = [...factoryNames(ingest, context), ...settings(program), ...loadColumns(program)];
  return problems.length > 0 || isFarBelowLimits(program, context.environment) ? problems : sizes(program, context);
}

/**
 * Whether no limit can be exceeded, estimated by upper bounds per declaration: building the factory to measure it would take
 * as long as checking the program.
 */
function isFarBelowLimits(program: Program, environment: EnvironmentValues): boolean {
  const { lake, ingest, compute, serve, secrets, sources, bronze, tables, params } = program;
  const objects = 4 * sources.length + 4 * bronze.length + 2 * tables.length;
  if (objects > MOST_OBJECTS / 2 || MOST_READINGS * params.length > MOST_PARAMS) return false;
  const settings = [lake, ingest, compute, serve].map((service) => service?.settings);
  const shared = JSON.stringify([settings, secrets.map(({ vault, key }) => [vault, key]), environment.params]).length;
  const room = FULL_PIPELINE / 2 - BYTES_PER_CHARACTER * shared;
  return [program, ...sources, ...bronze, ...tables].every((each) => mostBytesOf(each) < room);
}

/** A param is a parameter of the template for each way in which it is read: as it is, its host, its path. */
const MOST_READINGS = 4;

/** A column is up to two lines of a view and an entry of a schema; a character up to twelve bytes of quoted SQL in JSON. */
const BYTES_PER_COLUMN = 500;
const BYTES_PER_CHARACTER = 24;

/** An upper bound of the JSON that one declaration makes in any object of the factory. */
export function mostBytesOf(declaration: Program | SourcePlan | BronzePlan | TablePlan): number {
  const columns = "columns" in declaration ? declaration.columns : [];
  let characters = declaration.name.length + (declaration.doc?.length ?? 0);
  for (const { name, doc } of columns) characters += name.length + (doc?.length ?? 0);
  if ("settings" in declaration) characters += JSON.stringify(declaration.settings).length;
  if ("object" in declaration) characters += JSON.stringify(declaration.object).length;
  return BYTES_PER_COLUMN * columns.length + BYTES_PER_CHARACTER * characters;
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

/** Columns whose values MongoDB's connector cannot be asked for. */
function loadColumns({ bronze }: Program): readonly Diagnostic[] {
  return bronze.flatMap(({ name, object, load, columns, span }) => {
    const column = "by" in load ? columns.find((each) => each.name === load.by) : undefined;
    if (object.kind !== "collection" || column === undefined) return [];
    const isPath = /^\$|\./.test(column.name);
    const hasLongLag = "lag" in load && load.lag?.kind === "number" && load.lag.amount.length > 10;
    if (!isPath && !hasLongLag && column.type.kind !== "decimal") return [];
    const problem = isPath
      ? "a name with a dot or a dollar sign is a path in a query of MongoDB"
      : hasLongLag
        ? "a lag of a collection has at most 10 digits"
        : "its expressions have no decimals of the precision that MongoDB has";
    return [diagnostic("adf-load-column", span, { relation: `bronze.${name}`, column: column.name, problem })];
  });
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
