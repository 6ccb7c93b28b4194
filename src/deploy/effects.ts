/** What changes do to data, told from the facts of the tables that were deployed and of those that the program has. */

import type { Kind } from "./object.ts";
import type { ColumnFacts, TableFacts } from "./table-facts.ts";

/** Of one table, with the tables that are built from it. */
export interface Effect {
  readonly table: string;
  readonly kind:
    | "builds"
    /** Only more columns. */
    | "adds-columns"
    | "rebuilds"
    /** What was deployed is not known. */
    | "may-rebuild"
    /** The table is no more; its folder is. */
    | "keeps-folder"
    /** The folder of a table is removed. */
    | "removes-rows"
    /** A notebook that all others take in; no table is named. */
    | "shared";
  /** `column x: int → long`, `key`, `definition`: what of the table differs. */
  readonly because: readonly string[];
  /** Names of the tables after it, along the whole way. */
  readonly after: readonly string[];
}

export interface TableEffects {
  /** Of the change of an object that makes these tables; none for objects that make nothing. */
  of(change: MakerChange): readonly Effect[];
}

export interface MakerChange {
  readonly kind: Kind;
  readonly tables: readonly string[];
  readonly action: "add" | "change" | "adopt" | "destroy";
  /** Whether somebody changed it by hand, so that a notebook's rows may be of what they wrote. */
  readonly isDrifted: boolean;
}

/** @param before undefined where nothing was deployed yet, or nobody knows what */
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
    if (action === "adopt") return effect("rebuilds", ["taken over"]);
    return isDrifted ? effect("rebuilds", ["changed by hand"]) : [];
  };
  const removed = (table: string): Effect => ({ table, kind: "removes-rows", because: [], after: [] });
  const shared: Effect = { table: "", kind: "shared", because: [], after: [] };
  return {
    of: (change) => {
      if (change.kind === "table") return change.tables.map(removed);
      const isSet = change.action === "change" || change.action === "adopt";
      if (isSet && change.kind === "notebook" && change.tables.length === 0) return [shared];
      return tablesMade(change).flatMap((table) => effectOf(table, change));
    },
  };
}

/** Notebooks make silver and gold; pipelines land bronze, and only run what the others make. */
function tablesMade({ kind, tables }: MakerChange): readonly string[] {
  if (kind === "notebook") return tables;
  return kind === "pipeline" ? tables.filter((table) => table.startsWith("bronze.")) : [];
}

/** `added`: names of new columns; `others`: all else of columns and key that differs. */
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

/** The tables after each, in the order of the plan; worked out when asked for. */
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

/** One sentence without a full stop: `rebuilds gold.orders and the 3 tables after it`. */
export function effectText({ table, kind, because, after }: Effect): string {
  const all = `${table}${after.length === 0 ? "" : ` and the ${counted(after.length)} after it`}`;
  const why = because.length === 0 ? "" : ` (${because.join(", ")})`;
  const isBronze = table.startsWith("bronze.");
  switch (kind) {
    case "builds":
      return isBronze ? `lands ${table}` : `builds ${table}`;
    case "adds-columns": {
      const columns = `${because.length === 1 ? "the column" : "the columns"} ${because.join(", ")}`;
      // Bronze keeps the files as they came: a column that is named now is read out of old files too.
      return isBronze
        ? `reads ${columns} of ${table} too, from files that are there as well`
        : `adds ${columns} to ${table}: old rows get null until it is built again`;
    }
    case "rebuilds":
      return isBronze ? `reads ${table} anew, its files stay${rebuilding(after)}${why}` : `rebuilds ${all}${why}`;
    case "may-rebuild":
      return `may rebuild ${all}: nothing is known of the deployment before`;
    case "shared":
      return "is part of every notebook from the next run on";
    case "keeps-folder":
      return `the folder of ${table} stays in the lake; \`--allow-destroy ${table}\` removes it`;
    case "removes-rows":
      return `removes the rows of ${table}, those it set aside and all versions before: nothing brings them back`;
    default:
      return kind satisfies never;
  }
}

function rebuilding(after: readonly string[]): string {
  return after.length === 0 ? "" : `, and rebuilds the ${counted(after.length)} after it`;
}

function counted(count: number): string {
  return count === 1 ? "1 table" : `${count} tables`;
}
