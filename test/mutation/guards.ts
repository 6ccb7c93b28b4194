// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.
/**
 * Guards in the printers of expressions and steps, beyond those in the catalogue: each with the source text that
 * removes it.
 */
import type { Engine } from "../../src/functions/entry.ts";
import type { Edit } from "./import-without-guard.ts";

export interface Guard extends Edit {
  /** What is removed. */
  readonly what: string;
  /** The engines to test it on. */
  readonly engines: readonly Engine[];
}

type Entry = readonly [what: string, text: string, without: string];

const of =
  (engines: readonly Engine[], folder: string) =>
  (file: string, ...entries: readonly Entry[]): readonly Guard[] =>
    entries.map(([what, text, without]) => ({ engines, file: `${folder}/${file}`, what, text, without }));

const both = of(["duckdb", "spark"], "src/codegen/expressions");
const duckdb = of(["duckdb"], "src/codegen");
const spark = of(["spark"], "src/codegen");
const library = of(["spark"], "templates/databricks");

const guards: readonly Guard[] = [
  ...both(
    "print.ts",
    ["parentheses", "levels.indexOf(printed.level) >= levels.indexOf(required)", "levels.indexOf(printed.level) >= -1"],
    [
      "parentheses around a right operand of the same precedence",
      "dialect.levels.indexOf(level) + 1",
      "dialect.levels.indexOf(level)",
    ],
    ["the type of constants that share a common type", `return settled ? "fit" : "exact";`, `return "engine";`],
    [
      "the type of a constant without other operands",
      "const engine = (mark",
      `const engine = constant !== undefined || (mark`,
    ],
    ["the type if no argument has one", `(mark === "^" && isTyped)`, `mark === "^"`],
    ["the entry's replacement of a constant", "replaced(arg, constants?.[index])", "arg"],
    ["the overflow when the smallest number is negated", ` || SMALLEST.includes(constant.value)`, ""],
  ),
  ...duckdb("expressions/print.ts", [
    "the type of a constant with widened operands",
    `(constant.type.kind === "double" ? settled : neighbours.length > 0)`,
    "true",
  ]),
  ...duckdb(
    "expressions/duckdb.ts",
    ["quotes in names", `name.replaceAll('"', '""')`, "name"],
    ["quotes in strings", `text.replaceAll("'", "''")`, "text"],
    ["the type of null", `castTo("NULL", type) : "NULL"`, `"NULL" : "NULL"`],
    ["the type of the smallest long", " || value === MIN_LONG", ""],
    ["the type of ints", "isInt(String(value)) ? String(value) : undefined", "String(value)"],
    ["the type of longs", "isInt(String(value)) || value === MIN_LONG ? undefined : String(value)", "String(value)"],
    ["the type of decimals", "digits?.precision === type.precision && digits.scale === type.scale", "digits"],
    ["the digits of doubles", "significantDigits(text) <= EXACT_DOUBLE_DIGITS ? text : undefined", "text"],
    [
      "the maximum number of digits of a literal",
      "significantDigits(plain) <= digits ? plain : duckdbString(plain)",
      "plain",
    ],
    [
      "the digits of doubles in a cast",
      'type.kind === "double" ? EXACT_DOUBLE_DIGITS : MAX_DECIMAL_DIGITS',
      "MAX_DECIMAL_DIGITS",
    ],
    ["the condition of an aggregate", "` FILTER (WHERE ${where})`", `""`],
  ),
  ...duckdb(
    "duckdb/rows.ts",
    ["the order of nulls", ` NULLS \${nulls === "first" ? "FIRST" : "LAST"}`, ""],
    ["the direction of an order", `descending ? "DESC" : "ASC"`, `""`],
    ["qualified columns", "(each) => each.qualifier === qualifier", "(each) => each !== undefined"],
    ["unique column names", "names.take(qualifier === undefined ? name : `${qualifier}.${name}`)", "name"],
  ),
  ...duckdb(
    "duckdb/query.ts",
    ["materialized rows", `\${whole ? "" : "NOT "}MATERIALIZED`, "NOT MATERIALIZED"],
    ["unused names", "used.has(free.toLowerCase())", "used.has(free.toLowerCase()) && count > 9"],
  ),
  ...duckdb(
    "duckdb/row-notices.ts",
    ["conditions that are null", "WHEN (${condition}) IS NOT TRUE", "WHEN NOT (${condition})"],
    ["parentheses around conditions", "WHEN (${condition}) IS", "WHEN ${condition} IS"],
    ["expectations that only warn", "keeps ? notice : `NOT ${notice}`", "`NOT ${notice}`"],
  ),
  ...duckdb(
    "duckdb/table.ts",
    [
      "expectations that count rows whatever follows",
      "mayLoseRows([step, ...later]), context);\n  const { order",
      "false, context);\n  const { order",
    ],
    ["expectations on rows of an empty table", "const rows = withWholeRows(last, context);", "const rows = last;"],
    ["a warning before later steps", "before.gates.at(-1)?.keeps ?", "false ?"],
    ["parentheses around conditions", "filters.length === 1 ? condition : `(${condition})`", "condition"],
    ["`take` before a join", "LIMIT ${step.count}`, true)", "LIMIT ${step.count}`)"],
    [
      "the order of `take`",
      'const by = order === undefined ? "" : ` AS ${SORTED} ORDER BY ${order}`;',
      `const by = "";`,
    ],
  ),
  ...duckdb(
    "duckdb/steps.ts",
    [
      "columns that use earlier ones of the same step",
      "earlier.name === column.name || mentions(column.value, earlier.name)",
      "earlier.name === column.name",
    ],
    ["columns that are derived twice in a step", "earlier.name === column.name || mentions", "mentions"],
    ["duplicate rows", "SELECT DISTINCT", "SELECT"],
    ["the latest row", " QUALIFY ${first}", ""],
    ["rows without a match", `step.side === "left" ? "LEFT JOIN"`, `step.side !== step.side ? "LEFT JOIN"`],
    ["the column without a match in a left join", `step.side === "left" || same === undefined`, "same === undefined"],
    ["the column of a join's equality", 'findColumn({ from: "", columns }, same.left).sql', `'NULL'`],
    ["values counted once per group", "[...keys, ...per.map", "[...per.map"],
    ["values counted once", "...per.map((column) => findColumn(rows, column).sql), ", ""],
    ["the condition on values counted once", ", ...(condition ? [condition] : [])]", "]"],
    ["the condition in addition to counting once", '= 1${condition ? ` AND (${condition})` : ""}', "= 1"],
  ),
  ...spark("expressions/print.ts", [
    "widenings that the engine does differently",
    `isWidened ? "exact" : exactness`,
    "exactness",
  ]),
  ...spark("expressions/numbers.ts", [
    "the decimal point of a double",
    'text.includes(".") ? text : `${text}.0`',
    "text",
  ]),
  ...spark(
    "expressions/spark.ts",
    ["backslashes and quotes in strings", 'text.replace(/["\\\\]/g, (character) => `\\\\${character}`)', "text"],
    ["invisible characters in strings", "const hidden = HIDDEN.test(text);", "const hidden = false;"],
    ["quotes in raw strings", ` && !text.includes('"')`, ""],
    ["backslashes at the end of raw strings", ` && !text.endsWith("\\\\")`, ""],
    ["backticks in names", 'name.replaceAll("`", "``")', "name"],
    ["backticks around names", "/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)", "name !== undefined"],
    ["qualified columns", "`${columnPart(qualifier)}.${columnPart(name)}`", "columnPart(name)"],
    ["the type of null", `cast("F.lit(None)", type) : "F.lit(None)"`, `"F.lit(None)" : "F.lit(None)"`],
    [
      "the type of dates",
      `if (type.kind === "date") return cast(\`F.lit(\${pythonString(String(value))})\`, type);`,
      "",
    ],
    [
      "the type of timestamps",
      `if (type.kind === "timestamp") return cast(\`F.lit(\${pythonString(String(value))})\`, type);`,
      "",
    ],
    ["the type of constants", "exact && !hasItsType(constant) ? cast(text, type) : text", "text"],
    ["the type of decimals without a cast", "if (!hasItsType(constant)) return undefined;", ""],
    [
      "the digits of decimals without a cast",
      `return type.scale === 0 && type.precision < 19 ? String(value) : pythonValue(constant);`,
      "return String(value);",
    ],
    ["the digits of decimals in comparisons", `text.includes(".") || text.length > 18`, "false"],
    ["decimals as Decimal", "`Decimal(${pythonString(numberText(constant))})`", "numberText(constant)"],
    [
      "the condition of an aggregate's argument",
      "argument: (where, argument) => `F.when(${where}, ${argument})`",
      "argument: (_where, argument) => argument",
    ],
    [
      "the condition of a count",
      "where === undefined ? '\"*\"' : `F.when(${where}, 1)`",
      'where === where ? \'"*"\' : ""',
    ],
  ),
  ...spark(
    "databricks/window.ts",
    ["the direction of an order", `descending ? "desc" : "asc"`, `"asc"`],
    ["the direction of a plain column", "!value.nullable && !descending && value", "!value.nullable && value"],
    ["the latest row", 'call(".filter", [`F.col(${pythonString(position)}) == 1`]),', ""],
    ["an unused name", `unusedName("position", step.scope)`, `"position"`],
  ),
  ...spark(
    "databricks/columns.ts",
    ["parentheses before a method call", "operand(sparkExpression(value)) + call", "sparkExpression(value) + call"],
    ["unused names", "taken.has(name)", "taken.has(name) && count > 9"],
  ),
  ...spark(
    "databricks/pipeline.ts",
    ["rows without a match", `step.side === "left" ? ['"left"'] : []`, "[]"],
    ["the alias of the left side", `step.leftAlias === undefined ? ""`, `step.leftAlias !== "" ? ""`],
    ["the alias of the right side", `\${variable}\${call(".alias", [pythonString(step.alias)])}`, "${variable}"],
    [
      "columns that use earlier ones of the same step",
      "earlier.name === column.name || mentions(column.value, earlier.name)",
      "earlier.name === column.name",
    ],
    ["the columns of a join", `scope.every((column) => column.qualifier === undefined)`, "scope !== undefined"],
    ["duplicate rows", `return then(".distinct()");`, `return then("");`],
    [
      "distinct rows that are read twice",
      "return isReadAgain || isChecked ? undefined",
      "return isChecked ? undefined",
    ],
    ["expectations in their order", "step.action !== action", "false"],
  ),
  ...spark(
    "databricks/group.ts",
    ["duplicate keys", '`${call(".select", keys)}.distinct()`', 'call(".select", keys)'],
    ["parentheses before a method call", "operand(sparkExpression(value)) + call", "sparkExpression(value) + call"],
    ["values counted once per group", "[...marks.step.keys.map(partitionKey), ...columns", "[...columns"],
    ["values counted once", "partitionKey), ...columns, ...", "partitionKey), ..."],
    ["the condition on values counted once", "...columns, ...(filter ? [filter] : [])]", "...columns]"],
    [
      "the condition in addition to counting once",
      "filter === undefined ? first : `${operand(filter)} & (${first})`",
      "first",
    ],
    ["an unused name", "unusedName(wanted, taken)", "wanted"],
  ),
  ...library(
    "lake.py.hbs",
    ["the time zone of timestamps", `"spark.sql.session.timeZone": "UTC",`, ""],
    ["conditions that are null", "return ~F.coalesce(condition, F.lit(False))", "return ~condition"],
    ["the first expectation that fails", "F.coalesce(*failed)", "F.coalesce(*reversed(failed))"],
    ["backticks in names", 'name.replace("`", "``")', "name"],
  ),
];

export function guardsOf(engine: Engine): readonly Guard[] {
  return guards.filter(({ engines }) => engines.includes(engine));
}
