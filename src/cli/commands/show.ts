/** `medalc show TABLE`: rows of the lake. */
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { nameHint } from "../../diagnostics/suggest.ts";
import { type Program, qualifiedName } from "../../plan/program.ts";
import { isFailure } from "../../runner/errors.ts";
import { type ShownTable, showTable } from "../../runner/show.ts";
import { isNumeric, typeText } from "../../types.ts";
import type { Answer, CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { jsonValue } from "../json-value.ts";
import { type LocalOptions, loadLocal } from "../local-lake.ts";
import { counted } from "../pluralize.ts";
import { textTable } from "../table.ts";

export interface ShowOptions extends LocalOptions {
  readonly table: string;
  readonly limit: number;
}

export async function show(options: ShowOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, ready } = await loadLocal(options, io);
  if (ready === undefined) return { diagnostics, sources };
  const { program, environment } = ready;

  const relation = findRelation(options.table, program);
  if (typeof relation !== "string") return { diagnostics: [...diagnostics, relation], sources };
  try {
    const shown = await showTable({ lakeFolder: environment.lake, relation, limit: options.limit, program });
    return {
      diagnostics,
      sources,
      answer: answerOf(relation, shown, io.stdout.width),
      closing: `${shown.rows.length} of ${counted(shown.total, "row")} of ${relation}`,
    };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { diagnostics: [...diagnostics, ...error.diagnostics], sources };
  }
}

/** A relation by its name in full, or without its layer where only one layer has it. */
function findRelation(name: string, program: Program): string | Diagnostic {
  const tables = program.tables.map(qualifiedName);
  const relations = [...program.bronze.map((each) => `bronze.${each.name}`), ...tables];
  const all = [...relations, ...tables.map((each) => `quarantine.${each}`)];
  if (all.includes(name)) return name;
  const [only, ...others] = relations.filter((each) => each.slice(each.indexOf(".") + 1) === name);
  if (only !== undefined && others.length === 0) return only;
  const hint =
    only === undefined
      ? nameHint(name, all)
      : { hint: `There are ${[only, ...others].map((each) => `\`${each}\``).join(" and ")}.` };
  return diagnostic("unknown-table", COMMAND_LINE, { name }, hint);
}

function answerOf(relation: string, { columns, rows, total }: ShownTable, width: number): Answer {
  const text = textTable(
    columns.map(({ name, type }) => ({ name, isNumber: isNumeric(type) })),
    rows.map((row) => row.map((value) => value ?? "null")),
    width,
  );
  return {
    text,
    data: {
      table: relation,
      columns: columns.map(({ name, type }) => ({ name, type: typeText(type) })),
      rows: rows.map((row) =>
        Object.fromEntries(columns.map(({ name, type }, index) => [name, jsonValue(row[index] ?? null, type)])),
      ),
      total,
    },
  };
}
