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
      "parentheses around what binds alike on the right",
      "dialect.levels.indexOf(level) + 1",
      "dialect.levels.indexOf(level)",
    ],
    ["the type of constants that are brought to one", `return settled ? "fit" : "exact";`, `return "engine";`],
    [
      "the type of a constant that stands alone",
      "const engine = (mark",
      `const engine = constant !== undefined || (mark`,
    ],
    ["the type where no argument has one", `(mark === "^" && isTyped)`, `mark === "^"`],
    ["the constant that an entry has in place of what is written", "replaced(arg, constants?.[index])", "arg"],
    ["the failure of the smallest number's opposite", ` || SMALLEST.includes(constant.value)`, ""],
  ),
  ...duckdb("expressions/print.ts", [
    "the type of a constant beside widened operands",
    `(constant.type.kind === "double" ? settled : neighbours.length > 0)`,
    "true",
  ]),
  ...duckdb(
    "expressions/duckdb.ts",
    ["quotes in names", `name.replaceAll('"', '""')`, "name"],
    ["quotes in texts", `text.replaceAll("'", "''")`, "text"],
    ["the type of null", `castTo("NULL", type) : "NULL"`, `"NULL" : "NULL"`],
    ["the type of the smallest long", " || value === MIN_LONG", ""],
    ["the type of ints", "isInt(String(value)) ? String(value) : undefined", "String(value)"],
    ["the type of longs", "isInt(String(value)) || value === MIN_LONG ? undefined : String(value)", "String(value)"],
    ["the type of decimals", "digits?.precision === type.precision && digits.scale === type.scale", "digits"],
    ["the digits of doubles", "significantDigits(text) <= EXACT_DOUBLE_DIGITS ? text : undefined", "text"],
    ["the most digits of a literal", "significantDigits(plain) <= digits ? plain : duckdbString(plain)", "plain"],
    [
      "the digits of doubles that are cast",
      'type.kind === "double" ? EXACT_DOUBLE_DIGITS : MAX_DECIMAL_DIGITS',
      "MAX_DECIMAL_DIGITS",
    ],
    ["the condition of an aggregate", "` FILTER (WHERE ${where})`", `""`],
  ),
  ...duckdb(
    "duckdb/rows.ts",
    ["the order of nulls", ` NULLS \${nulls === "first" ? "FIRST" : "LAST"}`, ""],
    ["the direction of an order", `descending ? "DESC" : "ASC"`, `""`],
    ["columns by their relation", "(each) => each.qualifier === qualifier", "(each) => each !== undefined"],
    ["one name for one column", "names.take(qualifier === undefined ? name : `${qualifier}.${name}`)", "name"],
  ),
  ...duckdb(
    "duckdb/query.ts",
    ["rows that are computed to the last", `\${whole ? "" : "NOT "}MATERIALIZED`, "NOT MATERIALIZED"],
    ["names that are free", "used.has(free.toLowerCase())", "used.has(free.toLowerCase()) && count > 9"],
  ),
  ...duckdb(
    "duckdb/row-notices.ts",
    ["conditions that are null", "WHEN (${condition}) IS NOT TRUE", "WHEN NOT (${condition})"],
    ["parentheses around conditions", "WHEN (${condition}) IS", "WHEN ${condition} IS"],
    ["rows that only warn", "keeps ? notice : `NOT ${notice}`", "`NOT ${notice}`"],
  ),
  ...duckdb(
    "duckdb/table.ts",
    [
      "rows that are noticed whatever follows",
      "mayLoseRows([step, ...later]), context);\n  const { order",
      "false, context);\n  const { order",
    ],
    ["rows that are noticed before an empty table", "const rows = withWholeRows(last, context);", "const rows = last;"],
    ["a warning before what follows", "before.gates.at(-1)?.keeps ?", "false ?"],
    ["parentheses around conditions", "filters.length === 1 ? condition : `(${condition})`", "condition"],
    ["rows that are taken before a join", "LIMIT ${step.count}`, true)", "LIMIT ${step.count}`)"],
    [
      "the order of what is taken",
      'const by = order === undefined ? "" : ` AS ${SORTED} ORDER BY ${order}`;',
      `const by = "";`,
    ],
  ),
  ...duckdb(
    "duckdb/steps.ts",
    [
      "columns that use those before",
      "earlier.name === column.name || mentions(column.value, earlier.name)",
      "earlier.name === column.name",
    ],
    ["columns that are derived twice", "earlier.name === column.name || mentions", "mentions"],
    ["rows that are the same", "SELECT DISTINCT", "SELECT"],
    ["the one that is latest", " QUALIFY ${first}", ""],
    ["rows that find nothing", `step.side === "left" ? "LEFT JOIN"`, `step.side !== step.side ? "LEFT JOIN"`],
    [
      "the column that a left join finds nothing for",
      `step.side === "left" || same === undefined`,
      "same === undefined",
    ],
    ["the column that a join makes equal", 'findColumn({ from: "", columns }, same.left).sql', `'NULL'`],
    ["rows that count once in a group", "[...keys, ...per.map", "[...per.map"],
    ["rows that count once", "...per.map((column) => findColumn(rows, column).sql), ", ""],
    ["the condition of what counts once", ", ...(condition ? [condition] : [])]", "]"],
    ["the condition beside what counts once", '= 1${condition ? ` AND (${condition})` : ""}', "= 1"],
  ),
  ...spark("expressions/print.ts", [
    "widenings that the engine would make otherwise",
    `isWidened ? "exact" : exactness`,
    "exactness",
  ]),
  ...spark("expressions/numbers.ts", ["the point of a double", 'text.includes(".") ? text : `${text}.0`', "text"]),
  ...spark(
    "expressions/spark.ts",
    ["backslashes and quotes in texts", 'text.replace(/["\\\\]/g, (character) => `\\\\${character}`)', "text"],
    ["what cannot be seen in texts", "const hidden = HIDDEN.test(text);", "const hidden = false;"],
    ["quotes in raw texts", ` && !text.includes('"')`, ""],
    ["backslashes at the end of raw texts", ` && !text.endsWith("\\\\")`, ""],
    ["backticks in names", 'name.replaceAll("`", "``")', "name"],
    ["backticks around names", "/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)", "name !== undefined"],
    ["columns by their relation", "`${columnPart(qualifier)}.${columnPart(name)}`", "columnPart(name)"],
    ["the type of null", `cast("F.lit(None)", type) : "F.lit(None)"`, `"F.lit(None)" : "F.lit(None)"`],
    [
      "the type of dates",
      `if (type.kind === "date") return cast(\`F.lit(\${pythonString(String(value))})\`, type);`,
      "",
    ],
    [
      "the type of instants",
      `if (type.kind === "timestamp") return cast(\`F.lit(\${pythonString(String(value))})\`, type);`,
      "",
    ],
    ["the type of constants", "exact && !hasItsType(constant) ? cast(text, type) : text", "text"],
    ["the type of bare decimals", "if (!hasItsType(constant)) return undefined;", ""],
    [
      "the digits of bare decimals",
      `return type.scale === 0 && type.precision < 19 ? String(value) : pythonValue(constant);`,
      "return String(value);",
    ],
    ["the digits of decimals that are compared", `text.includes(".") || text.length > 18`, "false"],
    ["decimals as such", "`Decimal(${pythonString(numberText(constant))})`", "numberText(constant)"],
    [
      "the condition of an aggregate's argument",
      "argument: (where, argument) => `F.when(${where}, ${argument})`",
      "argument: (_where, argument) => argument",
    ],
    [
      "the condition of what is counted",
      "where === undefined ? '\"*\"' : `F.when(${where}, 1)`",
      'where === where ? \'"*"\' : ""',
    ],
  ),
  ...spark(
    "databricks/window.ts",
    ["the direction of an order", `descending ? "desc" : "asc"`, `"asc"`],
    ["the direction of a plain column", "!value.nullable && !descending && value", "!value.nullable && value"],
    ["the one that is latest", 'call(".filter", [`F.col(${pythonString(position)}) == 1`]),', ""],
    ["a name that is free", `unusedName("position", step.scope)`, `"position"`],
  ),
  ...spark(
    "databricks/columns.ts",
    ["parentheses before a name", "operand(sparkExpression(value)) + call", "sparkExpression(value) + call"],
    ["names that are free", "taken.has(name)", "taken.has(name) && count > 9"],
  ),
  ...spark(
    "databricks/pipeline.ts",
    ["rows that find nothing", `step.side === "left" ? ['"left"'] : []`, "[]"],
    ["the name of the left side", `step.leftAlias === undefined ? ""`, `step.leftAlias !== "" ? ""`],
    ["the name of the right side", `\${variable}\${call(".alias", [pythonString(step.alias)])}`, "${variable}"],
    [
      "columns that use those before",
      "earlier.name === column.name || mentions(column.value, earlier.name)",
      "earlier.name === column.name",
    ],
    ["the columns of a join", `scope.every((column) => column.qualifier === undefined)`, "scope !== undefined"],
    ["rows that are the same", `return then(".distinct()");`, `return then("");`],
    [
      "distinct rows that are read again",
      "return isReadAgain || isChecked ? undefined",
      "return isChecked ? undefined",
    ],
    ["expectations in their order", "step.action !== action", "false"],
  ),
  ...spark(
    "databricks/group.ts",
    ["keys that are the same", '`${call(".select", keys)}.distinct()`', 'call(".select", keys)'],
    ["parentheses before a name", "operand(sparkExpression(value)) + call", "sparkExpression(value) + call"],
    ["rows that count once in a group", "[...marks.step.keys.map(partitionKey), ...columns", "[...columns"],
    ["rows that count once", "partitionKey), ...columns, ...", "partitionKey), ..."],
    ["the condition of what counts once", "...columns, ...(filter ? [filter] : [])]", "...columns]"],
    [
      "the condition beside what counts once",
      "filter === undefined ? first : `${operand(filter)} & (${first})`",
      "first",
    ],
    ["a name that is free", "unusedName(wanted, taken)", "wanted"],
  ),
  ...library(
    "lake.py.hbs",
    ["the zone of instants", `"spark.sql.session.timeZone": "UTC",`, ""],
    ["conditions that are null", "return ~F.coalesce(condition, F.lit(False))", "return ~condition"],
    ["the first expectation that fails", "F.coalesce(*failed)", "F.coalesce(*reversed(failed))"],
    ["backticks in names", 'name.replace("`", "``")', "name"],
  ),
];

export function guardsOf(engine: Engine): readonly Guard[] {
  return guards.filter(({ engines }) => engines.includes(engine));
}
