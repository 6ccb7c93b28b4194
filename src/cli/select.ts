/**
 * `--select`: selects tables of a program. A selector is a name (`gold.orders`, or `orders` in every layer), `tag:pii`
 * for tables with a column of that tag, or `changed:REF` for tables that changed since a git revision; `+` before it
 * adds everything upstream, `+` after it everything downstream.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { nameHint } from "../diagnostics/suggest.ts";
import { type Program, qualifiedName } from "../plan/program.ts";

export interface Selection {
  /** Qualified names. */
  readonly tables: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The tables that changed since a git revision, or a diagnostic if git cannot compare. */
export type ChangedSince = (revision: string) => Selection;

/** The tables that match any of the selectors. Each selector has to match at least one. */
export function selectTables(program: Program, selectors: readonly string[], changedSince: ChangedSince): Selection {
  const graph = graphOf(program);
  const tables = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const selector of selectors) {
    const matched = matchedBy(selector.replace(/^\+|\+$/g, ""), program, graph, changedSince);
    diagnostics.push(...matched.diagnostics);
    for (const name of matched.tables) tables.add(name);
    if (selector.startsWith("+")) for (const name of reached(matched.tables, graph)) tables.add(name);
    if (selector.endsWith("+")) for (const name of reached(matched.tables, inverted(graph))) tables.add(name);
  }
  return { tables, diagnostics };
}

/** The bronze tables with these names. Each name has to be one. */
export function bronzeTables(program: Program, names: readonly string[]): Selection {
  const known = program.bronze.map(({ name }) => `bronze.${name}`);
  const found = names.map((name) => known.find((each) => each === name || shortName(each) === name) ?? { name });
  return {
    tables: new Set(found.filter((each) => typeof each === "string")),
    diagnostics: found
      .filter((each) => typeof each !== "string")
      .map(({ name }) =>
        diagnostic(
          "nothing-selected",
          COMMAND_LINE,
          { selector: name },
          nameHint(name, [...known, ...known.map(shortName)]),
        ),
      ),
  };
}

/** Each relation with those it reads; bronze reads none. */
type Graph = ReadonlyMap<string, readonly string[]>;

function graphOf(program: Program): Graph {
  const bronze = program.bronze.map((table) => [`bronze.${table.name}`, []] as const);
  return new Map([...bronze, ...program.tables.map((table) => [qualifiedName(table), table.reads] as const)]);
}

function matchedBy(text: string, program: Program, graph: Graph, changedSince: ChangedSince): Selection {
  if (text.startsWith("changed:")) return changedSince(text.slice("changed:".length));
  const names = [...graph.keys()];
  const tables = text.startsWith("tag:")
    ? taggedWith(text.slice("tag:".length), program)
    : names.filter((name) => name === text || shortName(name) === text);
  if (tables.length > 0) return { tables: new Set(tables), diagnostics: [] };
  const extras = nameHint(text, [...names, ...names.map(shortName)]);
  return {
    tables: new Set(),
    diagnostics: [diagnostic("nothing-selected", COMMAND_LINE, { selector: text }, extras)],
  };
}

/** `orders` of `silver.orders` */
function shortName(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

/** A tag matches with or without its argument: `unit` and `unit("BRL")`. */
function taggedWith(tag: string, program: Program): readonly string[] {
  const matches = (written: string): boolean => written === tag || written.startsWith(`${tag}(`);
  const bronze = program.bronze.map((table) => ({ name: `bronze.${table.name}`, columns: table.columns }));
  const tables = program.tables.map((table) => ({ name: qualifiedName(table), columns: table.columns }));
  return [...bronze, ...tables]
    .filter(({ columns }) => columns.some((column) => column.tags.some(matches)))
    .map(({ name }) => name);
}

function reached(from: Iterable<string>, graph: Graph): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const next of graph.get(name) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return seen;
}

function inverted(graph: Graph): Graph {
  const result = new Map<string, string[]>();
  for (const [name, reads] of graph) {
    for (const read of reads) result.set(read, [...(result.get(read) ?? []), name]);
  }
  return result;
}
