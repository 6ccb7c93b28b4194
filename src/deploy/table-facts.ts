/** The facts of tables that determine the effects of a deployment on data; stored with the deployed bundle. */
import type { Program } from "../plan/program.ts";
import { qualifiedName } from "../plan/program.ts";
import { typeText } from "../types.ts";
import { hashOf } from "./json.ts";

export interface TableFacts {
  /** `gold.orders` */
  readonly name: string;
  readonly columns: readonly ColumnFacts[];
  /** The declared key first. */
  readonly keys: readonly (readonly string[])[];
  /** Its inputs: tables; empty for bronze. */
  readonly reads: readonly string[];
  /** A hash of what determines its rows: steps, or the object of the source. Descriptions are ignored. */
  readonly definition: string;
}

export interface ColumnFacts {
  readonly name: string;
  /** `decimal(10,2)`, `string?` if nullable. */
  readonly type: string;
}

/** In the order of the plan, bronze first. */
export function tableFacts(program: Program): readonly TableFacts[] {
  const bronze = program.bronze.map((table): TableFacts => {
    const source = program.sources.find(({ name }) => name === table.source);
    return {
      name: `bronze.${table.name}`,
      columns: table.columns.map(columnFacts),
      keys: table.key ? [table.key] : [],
      reads: [],
      definition: fingerprint([source, table.object, table.load]),
    };
  });
  const tables = program.tables.map(
    (table): TableFacts => ({
      name: qualifiedName(table),
      columns: table.columns.map(columnFacts),
      keys: table.keys,
      reads: table.reads,
      definition: fingerprint([table.steps, table.keyChecks]),
    }),
  );
  return [...bronze, ...tables];
}

function columnFacts({ name, type, nullable }: Program["tables"][number]["columns"][number]): ColumnFacts {
  return { name, type: typeText(type, nullable) };
}

/** Locations and comments do not affect rows. */
function fingerprint(value: unknown): string {
  return hashOf(JSON.parse(JSON.stringify(value, (key, each) => (key === "span" || key === "doc" ? undefined : each))));
}
