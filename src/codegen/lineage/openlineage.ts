/**
 * `openlineage.json`: the lineage as OpenLineage events, ready for `POST /api/v1/lineage/batch`. The compiler knows
 * jobs, not runs, so each table is one `JobEvent`: the job that builds it, with its inputs and its output.
 */
import type { BronzePlan, Column, Program, TablePlan } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { typeText } from "../../types.ts";
import type { EnvironmentValues } from "../target.ts";
import { type DatasetName, lakeDataset, sourceDataset } from "./datasets.ts";
import {
  type ColumnRef,
  columnKey,
  type Input,
  type LineageGraph,
  type RelationLineage,
  type RowInput,
  sourceObjectName,
} from "./graph.ts";

/**
 * The specification requires a time, which a static design does not have, and the output must be reproducible. So it is
 * the epoch, as in reproducible builds; whoever sends the events replaces it.
 */
const NO_TIME = "1970-01-01T00:00:00Z";
/** A URI required by the schema. It identifies the compiler and is not a URL. */
const PRODUCER = "urn:medal:medalc";
const SPEC = "https://openlineage.io/spec";

type Facet = { readonly _producer: string; readonly _schemaURL: string } & Readonly<Record<string, unknown>>;
type Facets = Readonly<Record<string, Facet | undefined>>;

interface Dataset extends DatasetName {
  readonly facets?: Facets;
}

interface JobEvent {
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

/** One event per bronze, silver and gold relation, in the order of the graph; lazily, because they are large. */
export function* openLineageEvents(
  program: Program,
  graph: LineageGraph,
  environment: EnvironmentValues,
): Generator<JobEvent> {
  const names = datasetNames(program, environment);
  const event = (layer: string, relation: BronzePlan | TablePlan): JobEvent => {
    const lineage = graph.relations.get(`${layer}.${relation.name}`);
    if (lineage === undefined) throw new Error(`${layer}.${relation.name} is not in the graph`);
    return jobEvent(program, names, relation, lineage);
  };
  for (const bronze of program.bronze) yield event("bronze", bronze);
  for (const table of program.tables) yield event(table.layer, table);
}

type NameOf = (relation: string) => DatasetName;

function datasetNames(program: Program, environment: EnvironmentValues): NameOf {
  const names = new Map<string, DatasetName>();
  for (const bronze of program.bronze) {
    names.set(sourceObjectName(bronze), sourceDataset(program, environment, bronze));
    names.set(`bronze.${bronze.name}`, lakeDataset(program, environment, `bronze/${bronze.name}`));
  }
  for (const table of program.tables) {
    names.set(qualifiedName(table), lakeDataset(program, environment, `${table.layer}/${table.name}`));
  }
  return (relation) => {
    const name = names.get(relation);
    if (name === undefined) throw new Error(`${relation} is not a dataset of the program`);
    return name;
  };
}

function jobEvent(
  program: Program,
  nameOf: NameOf,
  relation: BronzePlan | TablePlan,
  lineage: RelationLineage,
): JobEvent {
  const isIngest = "object" in relation;
  const schema = facet("1-2-0", "SchemaDatasetFacet", { fields: relation.columns.map(schemaField) });
  const documentation = (kind: "Job" | "Dataset"): Facet | undefined =>
    relation.doc === undefined
      ? undefined
      : facet("1-1-0", `Documentation${kind}Facet`, { description: relation.doc, contentType: "text/markdown" });
  const output: Dataset = {
    ...nameOf(lineage.name),
    facets: {
      documentation: documentation("Dataset"),
      schema,
      tags: tagsFacet(relation.columns),
      storage: isIngest
        ? undefined
        : facet("1-0-1", "StorageDatasetFacet", { storageLayer: "delta", fileFormat: "parquet" }),
      columnLineage: columnLineageFacet(lineage, nameOf),
    },
  };
  return {
    eventTime: NO_TIME,
    producer: PRODUCER,
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/JobEvent`,
    job: {
      namespace: program.name,
      name: lineage.name,
      facets: {
        jobType: facet("2-0-4", "JobTypeJobFacet", {
          processingType: "BATCH",
          integration: "MEDAL",
          jobType: isIngest ? "INGEST" : "TABLE",
        }),
        documentation: documentation("Job"),
      },
    },
    inputs: lineage.reads.map((read) => (isIngest ? { ...nameOf(read), facets: { schema } } : nameOf(read))),
    outputs: [output],
  };
}

function facet(version: string, name: string, fields: Readonly<Record<string, unknown>>): Facet {
  return { _producer: PRODUCER, _schemaURL: `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`, ...fields };
}

function schemaField(column: Column, index: number): object {
  return {
    name: column.name,
    type: typeText(column.type, column.nullable),
    description: column.doc,
    ordinal_position: index + 1,
  };
}

/** `pii` becomes the key `pii` with the value `true`, `unit("BRL")` the key `unit` with the value `BRL`. */
function tagsFacet(columns: readonly Column[]): Facet | undefined {
  const tags = columns.flatMap((column) =>
    column.tags.map((tag) => {
      const [, key = tag, argument] = /^(\w+)\((.*)\)$/s.exec(tag) ?? [];
      const value = argument === undefined ? "true" : argument.replace(/^"(.*)"$/s, "$1");
      return { key, value, source: "MEDAL", field: column.name };
    }),
  );
  return tags.length === 0 ? undefined : facet("1-0-0", "TagsDatasetFacet", { tags });
}

interface Transformation {
  readonly type: "DIRECT" | "INDIRECT";
  readonly subtype: string;
  /** Whether the value does not reveal the input; only for direct ones. */
  readonly masking?: boolean;
}

const transformations: Readonly<Record<(Input | RowInput)["kind"], Transformation | undefined>> = {
  copied: { type: "DIRECT", subtype: "IDENTITY" },
  derived: { type: "DIRECT", subtype: "TRANSFORMATION" },
  aggregated: { type: "DIRECT", subtype: "AGGREGATION" },
  conditional: { type: "INDIRECT", subtype: "CONDITIONAL" },
  filtered: { type: "INDIRECT", subtype: "FILTER" },
  joined: { type: "INDIRECT", subtype: "JOIN" },
  grouped: { type: "INDIRECT", subtype: "GROUP_BY" },
  deduplicated: { type: "INDIRECT", subtype: "GROUP_BY" },
  sorted: { type: "INDIRECT", subtype: "SORT" },
  // An expectation that removes rows is also a filter; others change nothing.
  expected: undefined,
};

function columnLineageFacet(lineage: RelationLineage, nameOf: NameOf): Facet {
  const fields = [...lineage.columns].map(([name, inputs]) => [name, { inputFields: inputFields(inputs, nameOf) }]);
  return facet("1-2-0", "ColumnLineageDatasetFacet", {
    fields: Object.fromEntries(fields),
    dataset: inputFields(lineage.rows, nameOf),
  });
}

/** One entry per input column, with all its transformations. */
function inputFields(inputs: readonly (Input | RowInput)[], nameOf: NameOf): readonly object[] {
  const byColumn = new Map<string, ColumnRef & { readonly kinds: Map<string, Transformation> }>();
  for (const input of inputs) {
    const { relation, column, kind } = input;
    const transformation = transformations[kind];
    if (transformation === undefined) continue;
    const key = columnKey(input);
    const entry = byColumn.get(key) ?? { relation, column, kinds: new Map<string, Transformation>() };
    const isMasked = "masked" in input && (entry.kinds.get(transformation.subtype)?.masking ?? true);
    entry.kinds.set(
      transformation.subtype,
      transformation.type === "DIRECT" ? { ...transformation, masking: isMasked } : transformation,
    );
    byColumn.set(key, entry);
  }
  return [...byColumn.values()].map(({ relation, column, kinds }) => ({
    ...nameOf(relation),
    field: column,
    transformations: [...kinds.values()],
  }));
}
