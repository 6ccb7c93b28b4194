/** Parses the arguments of commands on one table: `gold.orders shop`, `shop gold.orders`, or the table alone. */
import { COMMAND_LINE } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { closest, nameHint } from "../diagnostics/suggest.ts";
import { createNodeHost } from "../node-host.ts";
import { builtTables, type Program, qualifiedName } from "../plan/program.ts";
import type { Io } from "./io.ts";

export interface TableArgument {
  readonly table: string;
  readonly path: string;
  /** The only argument is a program; the table is missing. */
  readonly isMissing: boolean;
}

const WITH_LAYER = /^(bronze|silver|gold|quarantine)\./;

/** The table among one or two arguments: the one with a layer in its name, otherwise the one that is not a path. */
export function tableAndPath(args: readonly string[], option: string | undefined, io: Io): TableArgument {
  const [first = "", second] = args;
  const host = createNodeHost(io.folder);
  const isPath = (text: string): boolean =>
    !WITH_LAYER.test(text) && (host.isFolder(text) || host.readFile(text) !== undefined);
  if (second === undefined) {
    const isProgram = isPath(first) && (host.readFile(first) !== undefined || host.listPrograms(first).length > 0);
    return { table: first, path: option ?? ".", isMissing: option === undefined && isProgram };
  }
  const isPathFirst = WITH_LAYER.test(second) ? !WITH_LAYER.test(first) : isPath(first) && !isPath(second);
  return isPathFirst
    ? { table: second, path: first, isMissing: false }
    : { table: first, path: second, isMissing: false };
}

export function missingTable(command: string, path: string): Diagnostic {
  return diagnostic("missing-table", COMMAND_LINE, { command, path });
}

/** The relations that `show` and `query` can read. */
export function shownRelations(program: Program): readonly string[] {
  return [...programRelations(program), ...builtTables(program).map((each) => `quarantine.${qualifiedName(each)}`)];
}

export function programRelations(program: Program): readonly string[] {
  return [...program.bronze.map((each) => `bronze.${each.name}`), ...program.tables.map(qualifiedName)];
}

/** Resolves a name: in full, or without its layer if only one layer has it. */
export function findRelation(name: string, relations: readonly string[]): string | Diagnostic {
  if (relations.includes(name)) return name;
  const inLayers = relations.filter((each) => !each.startsWith("quarantine."));
  const [only, ...others] = inLayers.filter((each) => each.slice(each.indexOf(".") + 1) === name);
  if (only !== undefined && others.length === 0) return only;
  const lead = inLayers.length > MOST_LISTED ? undefined : "The tables are";
  const hint =
    only === undefined
      ? nearestTable(name, relations, lead)
      : { hint: `Several tables match: ${[only, ...others].map((each) => `\`${each}\``).join(" and ")}.` };
  return diagnostic("unknown-table", COMMAND_LINE, { name }, hint);
}

/** The number of names in a hint. */
const MOST_LISTED = 20;

function nearestTable(name: string, relations: readonly string[], lead: string | undefined) {
  const short = relations.map((each) => each.slice(each.lastIndexOf(".") + 1));
  const near = closest(name, [...relations, ...short]);
  return near === undefined
    ? nameHint(
        name,
        relations.filter((each) => !each.startsWith("quarantine.")),
        lead,
      )
    : { hint: `Did you mean \`${near}\`?` };
}
