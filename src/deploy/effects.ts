/** The effects of changes on data, computed from the facts of the deployed tables and of the program's tables. */

import type { Kind } from "./object.ts";
import type { ColumnFacts, TableFacts } from "./table-facts.ts";

/** The effect on one table, with the tables that are built from it. */
export interface Effect {
  readonly table: string;
  readonly kind:
    | "builds"
    /** Only new columns. */
    | "adds-columns"
    | "rebuilds"
    /** The deployed definition is unknown. */
    | "may-rebuild"
    /** The table is no longer declared; its folder is kept. */
    | "keeps-folder"
    /** The folder of a table is deleted. */
    | "removes-rows"
    /** The entry of a table in Unity Catalog is removed; the table is named as there. */
    | "unregisters"
    /** A notebook that all others include; it has no table of its own. */
    | "shared";
  /** The differences: `column x: int → long`, `key`, `definition`. */
  readonly because: readonly string[];
  /** Names of all tables downstream. */
  readonly after: readonly string[];
}

export interface TableEffects {
  /** The effects of changing an object that builds tables; none for other objects. */
  of(change: MakerChange): readonly Effect[];
}

export interface MakerChange {
  readonly kind: Kind;
  readonly tables: readonly string[];
  readonly action: "add" | "change" | "adopt" | "destroy";
  /** Whether it was changed outside of deployments, so that a notebook's rows may come from the edited version. */
  readonly isDrifted: boolean;
}

/** @param before undefined if nothing was deployed yet, or if it is unknown */
export function tableEffects(before: readonly TableFacts[] | undefined, after: readonly TableFacts[]): TableEffects {
  const old = new Map(before?.map((each) => [each.name, each]));
  const now = new Map(after.map((each) => [each.name, each]));
  const downstream = createDownstream(after);

  const effectOf = (table: string, { action, kind, isDrifted }: MakerChange): readonly Effect[] => {
    const was = old.get(table);
    const is = now.get(table);
    const effect = (what: Effect["kind"], because: readonly string[] = []): readonly Effect[] => [
      { table, kind: what, because, after: what === "keeps-folder" ? [] : downstream(table) },
    ];
    if (is === undefined) return effect("keeps-folder");
    if (action === "destroy") return [];
    if (was === undefined) {
      return action === "add" || before !== undefined ? effect("builds") : effect("may-rebuild");
    }
    const { added, others } = compare(was, is);
    if (others.length > 0) return effect("rebuilds", others);
    if (added.length > 0) return effect("adds-columns", added);
    if (was.definition !== is.definition) return effect("rebuilds", ["definition"]);
    if (kind !== "notebook") return [];
    if (action === "adopt") return effect("rebuilds", ["adopted"]);
    return isDrifted ? effect("rebuilds", ["changed outside of deployments"]) : [];
  };
  const removed = (table: string): Effect => ({ table, kind: "removes-rows", because: [], after: [] });
  const unregistered = (table: string): Effect => ({ table, kind: "unregisters", because: [], after: [] });
  const shared: Effect = { table: "", kind: "shared", because: [], after: [] };
  return {
    of: (change) => {
      if (change.kind === "table") return change.tables.map(removed);
      if (change.kind === "catalogTable") return change.tables.map(unregistered);
      const isSet = change.action === "change" || change.action === "adopt";
      if (isSet && change.kind === "notebook" && change.tables.length === 0) return [shared];
      return tablesMade(change).flatMap((table) => effectOf(table, change));
    },
  };
}

/** Notebooks build silver and gold; pipelines load bronze and only run the notebooks. */
function tablesMade({ kind, tables }: MakerChange): readonly string[] {
  if (kind === "notebook") return tables;
  return kind === "pipeline" ? tables.filter((table) => table.startsWith("bronze.")) : [];
}

/** `added`: names of new columns; `others`: all other differences of columns and key. */
function compare(
  was: TableFacts,
  is: TableFacts,
): { readonly added: readonly string[]; readonly others: readonly string[] } {
  const old = byName(was.columns);
  const now = byName(is.columns);
  const added = is.columns.filter(({ name }) => !old.has(name)).map(({ name }) => name);
  const removed = was.columns.filter(({ name }) => !now.has(name)).map(({ name }) => `column ${name} removed`);
  const retyped = is.columns.flatMap(({ name, type }) => {
    const before = old.get(name);
    return before === undefined || before === type ? [] : [`column ${name}: ${before} → ${type}`];
  });
  const key = (facts: TableFacts): string => JSON.stringify(facts.keys[0]?.toSorted());
  return { added, others: [...removed, ...retyped, ...(key(was) === key(is) ? [] : ["key"])] };
}

function byName(columns: readonly ColumnFacts[]): ReadonlyMap<string, string> {
  return new Map(columns.map(({ name, type }) => [name, type]));
}

/** The tables downstream of each, in the order of the plan; computed on demand. */
function createDownstream(tables: readonly TableFacts[]): (table: string) => readonly string[] {
  const readers = new Map<string, string[]>();
  for (const { name, reads } of tables) {
    for (const read of reads) {
      const known = readers.get(read);
      if (known) known.push(name);
      else readers.set(read, [name]);
    }
  }
  return (table) => {
    const found = new Set<string>();
    const open = [table];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const reader of readers.get(next) ?? []) {
        if (found.has(reader)) continue;
        found.add(reader);
        open.push(reader);
      }
    }
    return tables.flatMap(({ name }) => (found.has(name) ? [name] : []));
  };
}

/** One sentence without a full stop: `rebuilds gold.orders and 3 tables downstream`. */
export function effectText({ table, kind, because, after }: Effect): string {
  const all = `${table}${after.length === 0 ? "" : ` and ${tableCount(after.length)} downstream`}`;
  const why = because.length === 0 ? "" : ` (${because.join(", ")})`;
  const isBronze = table.startsWith("bronze.");
  switch (kind) {
    case "builds":
      return isBronze ? `loads ${table}` : `builds ${table}`;
    case "adds-columns": {
      const columns = `${because.length === 1 ? "the column" : "the columns"} ${because.join(", ")}`;
      // Bronze keeps the source files, so a new column is read from old files too.
      return isBronze
        ? `adds ${columns} to ${table}, also for existing files`
        : `adds ${columns} to ${table}: existing rows get null until it is rebuilt`;
    }
    case "rebuilds":
      return isBronze ? `reads ${table} again from its files${rebuilding(after)}${why}` : `rebuilds ${all}${why}`;
    case "may-rebuild":
      return `may rebuild ${all}: the previous deployment is unknown`;
    case "unregisters":
      return `removes ${table} from Unity Catalog; its rows in the lake are kept`;
    case "shared":
      return "used by every notebook from the next run on";
    case "keeps-folder":
      return `keeps the folder of ${table} in the lake; \`--allow-destroy ${table}\` deletes it`;
    case "removes-rows":
      return `permanently deletes the rows of ${table}, its quarantine and all earlier versions`;
    default:
      return kind satisfies never;
  }
}

function rebuilding(after: readonly string[]): string {
  return after.length === 0 ? "" : `, and rebuilds ${tableCount(after.length)} downstream`;
}

function tableCount(count: number): string {
  return count === 1 ? "1 table" : `${count} tables`;
}
