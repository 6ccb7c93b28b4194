/**
 * Two pipelines for a table whose loads continue earlier ones. The first finds the newest complete load, and runs the second
 * unless that is this load or a later one: a run that is repeated has nothing to do. The second reads the record of that load,
 * copies what is new, and writes the record of this load last. The lake has no other state.
 */
import type { BronzePlan, ServicePlan, SourcePlan } from "../../plan/program.ts";
import { LOAD_MARKER } from "../shared/bronze-file.ts";
import { connectors } from "./connectors/index.ts";
import { ITEM, ifTrue, setVariable } from "./connectors/range.ts";
import { COPY, copyActivity, datasetOf, type IngestContext, NO_FILE, noFile } from "./copy.ts";
import { rangeOf, type Way, wordsOf } from "./ingest-ways.ts";
import { containerParameter, fileOfLoad, type LoadFolder, readLake, writeLake } from "./lake-requests.ts";
import { type Activity, type Parameters, type Resource, reference } from "./model.ts";
import { findNewestLoad, newestLoad, searchVariables } from "./newest-load.ts";
import { retryingPolicy } from "./settings.ts";
import { expression } from "./value.ts";

type ContinuedWay = Extract<Way, { readonly kind: "range" | "files" }>;

export interface ContinuedLoad {
  /** Of the pipeline to run. */
  readonly name: string;
  /** Each before those that run it. */
  readonly pipelines: readonly Resource[];
}

const LOAD = "pipeline().parameters.load";
const FOLDER: LoadFolder = { table: `${ITEM}.table`, load: LOAD };
const PREVIOUS: LoadFolder = { ...FOLDER, load: "pipeline().parameters.previous" };

export function buildContinued(
  source: SourcePlan,
  way: ContinuedWay,
  tables: readonly BronzePlan[],
  context: IngestContext,
): ContinuedLoad {
  const { program, hosts, ingest, build, names } = context;
  const words = wordsOf(way);
  const [load, copy] = [
    names.take("pl", "load", source.name, ...words),
    names.take("pl", "copy", source.name, ...words),
  ];
  const from = [`source.${source.name}`, ...tables.map((bronze) => `bronze.${bronze.name}`)];
  const origin = { from, span: source.span };
  const parameters: Parameters = {
    item: { type: "Object" },
    load: { type: "String" },
    reload: { type: "Bool", defaultValue: false },
  };
  const container = containerParameter(program, hosts);
  const folder = `${program.name}/ingest`;
  const copying = build.pipeline(
    copy,
    { ...origin, description: "Copies what is new since the previous load, and records it." },
    {
      activities: [
        ...previousLoad(context),
        ...(way.kind === "range" ? rangeLoad(source, way, context) : filesLoad(source, way, context)),
      ],
      parameters: { ...parameters, previous: { type: "String" }, ...container },
      variables: {
        record: { type: "String", defaultValue: "{}" },
        ...Object.fromEntries(["previous", "from", "to", "highest", "problem"].map((name) => [name, TEXT])),
      },
      folder,
    },
  );
  const loading = build.pipeline(
    load,
    { ...origin, description: "Finds the newest complete load of a table, and loads what is new since then." },
    {
      activities: [
        findNewestLoad(`${ITEM}.table`, ingest),
        ifTrue("if_later", `@less(${newestLoad}, ${LOAD})`, [runCopy(copy)], "newest_load"),
      ],
      parameters: { ...parameters, ...container },
      variables: searchVariables,
      folder,
    },
  );
  return { name: load, pipelines: [copying, loading] };
}

const TEXT: Parameters[string] = { type: "String", defaultValue: "" };

function runCopy(pipeline: string): Activity {
  const handed = ["item", "load", "reload"].map((name) => [name, expression(`@pipeline().parameters.${name}`)]);
  return {
    name: "copy_new",
    type: "ExecutePipeline",
    typeProperties: {
      pipeline: reference("PipelineReference", pipeline),
      waitOnCompletion: true,
      parameters: { ...Object.fromEntries(handed), previous: expression(`@${newestLoad}`) },
    },
  };
}

const RECORD = "json(variables('record'))";

/** Sets `previous` to where the previous load ended. A load of another mode, or one that `reload` names, continues nothing. */
function previousLoad({ ingest }: IngestContext): readonly Activity[] {
  const read = "activity('read_record').output";
  const isContinued = `and(not(pipeline().parameters.reload), equals(${RECORD}?['mode'], ${ITEM}.mode))`;
  return [
    ifTrue("if_loaded", "@not(empty(pipeline().parameters.previous))", [
      readLake("read_record", fileOfLoad(PREVIOUS, LOAD_MARKER), ingest),
      // Web activities return JSON as their output, and everything else as a text in it.
      setVariable("keep_record", "record", `@coalesce(${read}?['Response'], string(${read}))`, "read_record"),
    ]),
    setVariable(
      "set_previous",
      "previous",
      `@if(${isContinued}, string(coalesce(${RECORD}?['to'], '')), '')`,
      "if_loaded",
    ),
  ];
}

/** The rows from where the previous load ended, less the lag, to the highest value that the source has now. */
function rangeLoad(
  source: SourcePlan,
  { word }: Extract<Way, { readonly kind: "range" }>,
  { services, ingest }: IngestContext,
): readonly Activity[] {
  const range = rangeOf(source);
  const dataset = datasetOf(source, services);
  const copy = connectors[source.kind].copy(ITEM);
  const rows = `activity('${COPY}').output.rowsCopied`;
  return [
    ...range.activities(word, {
      ingest,
      lakeLines: services.lakeLines,
      dataset,
      input: copy.input,
      after: "set_previous",
    }),
    ifTrue("if_problem", "@not(empty(variables('problem')))", [problem], "set_problem"),
    copyActivity({
      ...{ services, ingest, dataset, folder: FOLDER, item: ITEM, dependsOn: ["if_problem"] },
      copy: { ...copy, source: range.source(word) },
    }),
    {
      name: "if_same",
      type: "IfCondition",
      dependsOn: [COPY],
      typeProperties: { expression: expression(`@${isSameLoad(rows)}`) },
      inner: {
        ifTrueActivities: [removeLoad(services.lakeFolders, ingest)],
        ifFalseActivities: [completeLoad(ingest, `, ',"records":', string(${rows})`)],
      },
    },
  ];
}

/** As many rows of the same range: neither a new one nor, within the lag, a late one. */
function isSameLoad(rows: string): string {
  const bounds = ["from", "to"].map((name) => `equals(coalesce(${RECORD}?['${name}'], ''), variables('${name}'))`);
  const all = [...bounds, `equals(${RECORD}?['records'], ${rows})`, "not(empty(variables('from')))"];
  return all.reduce((joined, each) => `and(${joined}, ${each})`);
}

const problem: Activity = {
  name: "unusable_range",
  type: "Fail",
  typeProperties: {
    message: expression(
      `@concat('bronze.', ${ITEM}.table, ': the highest value of the column at the source ', variables('problem'), '. If that is right, run the pipeline with the parameter reload set to ["', ${ITEM}.table, '"]: it loads everything, and earlier loads no longer count.')`,
    ),
    errorCode: "source-went-back",
  },
};

/** A load that contains nothing new would be one more with each run. */
function removeLoad(dataset: string, ingest: ServicePlan): Activity {
  const folder = `bronze/@{${FOLDER.table}}/load=@{${FOLDER.load}}`;
  return {
    name: "remove_load",
    type: "Delete",
    policy: retryingPolicy(ingest),
    typeProperties: {
      dataset: reference("DatasetReference", dataset, { folder: expression(folder) }),
      enableLogging: false,
      storeSettings: { type: "AzureBlobFSReadSettings", recursive: true },
    },
  };
}

/** Of the clock of another machine, and of a file that is not listed yet: its files are copied once more. */
const OVERLAP_SECONDS = 60;

const TIME = "'yyyy-MM-ddTHH:mm:ssZ'";

/** The files that were modified since the previous load; a file that is written during the copy belongs to the next load. */
function filesLoad(
  source: SourcePlan,
  { of }: Extract<Way, { readonly kind: "files" }>,
  { services, ingest }: IngestContext,
): readonly Activity[] {
  const { copy, files } = connectors[source.kind];
  const isOfPattern = of === "pattern" && files !== undefined;
  const parts = isOfPattern ? files.copy(ITEM) : copy(ITEM);
  const start = "@if(empty(variables('from')), '1900-01-01T00:00:00Z', variables('from'))";
  const chosen = files?.within(parts.source, { start, end: "@variables('to')" }) ?? parts.source;
  const from = `@formatDateTime(addSeconds(variables('previous'), -${OVERLAP_SECONDS}), ${TIME})`;
  return [
    setVariable("set_to", "to", `@formatDateTime(utcNow(), ${TIME})`, "set_previous"),
    ifTrue(
      "if_continued",
      "@not(empty(variables('previous')))",
      [setVariable("set_from", "from", from)],
      "set_previous",
    ),
    copyActivity({
      ...{ services, ingest, folder: FOLDER, item: ITEM, dependsOn: ["set_to", "if_continued"] },
      dataset: isOfPattern ? services.lakeFolders : datasetOf(source, services),
      copy: { ...parts, source: chosen },
    }),
    ...(isOfPattern ? [ifTrue("if_no_file", `@and(${NO_FILE}, empty(variables('from')))`, [noFile(ITEM)], COPY)] : []),
    ifTrue("if_any_file", `@not(${NO_FILE})`, [completeLoad(ingest, "")], isOfPattern ? "if_no_file" : COPY),
  ];
}

/**
 * Writes the record of the load after its data, in the form of a local run. The size is unknown.
 * @param facts more arguments of `concat`
 */
function completeLoad(ingest: ServicePlan, facts: string): Activity {
  const bounds = ["from", "to"].map(
    (name) => `, if(empty(variables('${name}')), '', concat(',"${name}":"', variables('${name}'), '"'))`,
  );
  const body = expression(`@concat(${ITEM}.record${facts}${bounds.join("")}, '}')`);
  return {
    ...writeLake("complete_load", fileOfLoad(FOLDER, LOAD_MARKER), body, ingest),
    userProperties: [{ name: "table", value: expression(`@${ITEM}.table`) }],
  };
}
