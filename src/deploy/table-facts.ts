/** What a deployment has to know of tables to tell what it does to their data; kept with the bundle that was deployed. */
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
  /** What it is made of: tables, for bronze nothing. */
  readonly reads: readonly string[];
  /** A hash of what makes its rows: steps, or the object of the source. Words for people (descriptions) do not count. */
  readonly definition: string;
}

export interface ColumnFacts {
  readonly name: string;
  /** `decimal(10,2)`, `string?` where null may occur. */
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

/** Where something stands in the text, and what is said of it, makes no rows. */
function fingerprint(value: unknown): string {
  return hashOf(JSON.parse(JSON.stringify(value, (key, each) => (key === "span" || key === "doc" ? undefined : each))));
}
