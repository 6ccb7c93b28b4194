/** Parses SQL that reads columns of one table. Other SQL has to become a view or a silver table. */
import { STRING } from "../../../types.ts";
import type { ColumnDraft } from "../drafts.ts";
import { evaluate } from "../expression.ts";
import type { Node } from "../json.ts";
import { assumed, type Notice } from "../notices.ts";
import type { Problem } from "../references.ts";
import { typeOf } from "../types.ts";
import { type Scope, textOf } from "../value.ts";
import type { TableParts } from "./connector.ts";

const WORD = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)`;
const TABLE = new RegExp(
  String.raw`^\s*select\s+([\s\S]+?)\s+from\s+(?:(${WORD})\s*\.\s*)?(${WORD})\s*(?:as\s+${WORD}\s*)?(?:where\s+([\s\S]*?))?;?\s*$`,
  "i",
);
const COLUMN = new RegExp(String.raw`\s*(${WORD})\s*(?:::\s*([A-Za-z][\w ]*(?:\([\d, ]+\))?))?\s*(,|$)`, "y");
const CHANGED = new RegExp(String.raw`^\s*(${WORD})(?:\s*::\s*\w+)?\s*>=?\s`);

export function readQuery(query: Node, scope: Scope): TableParts | Problem {
  const value = evaluate(query.value, scope);
  const sql = textOf(value) ?? (value.kind === "unknown" ? value.start : undefined);
  const found = sql === undefined ? undefined : TABLE.exec(sql);
  // Only the condition may have unknown parts.
  if (sql === undefined || !found || (value.kind === "unknown" && found[4] === undefined)) {
    const why = value.kind === "unknown" && !found ? `: ${value.why}` : "";
    return `it reads a query over more than one table${why}; create a view in the database or a silver table`;
  }
  const [, list = "", schema = "public", table = "", condition] = found;
  const columns = list.trim() === "*" ? [] : columnsIn(list);
  const names = [schema, table].map(unquoted);
  if (columns === undefined || names.some((name) => name.includes("."))) {
    return "it reads a query with expressions; create a view in the database or a silver table";
  }
  return {
    object: { kind: "table", text: names.join(".") },
    ...(columns.length > 0 ? { columns } : {}),
    notices: condition === undefined ? [] : [conditionNotice(query, condition, value.kind === "unknown")],
  };
}

function conditionNotice(query: Node, condition: string, isOpen: boolean): Notice {
  const column = CHANGED.exec(condition)?.[1];
  return column !== undefined && isOpen
    ? assumed(query, `it reads incrementally by ${unquoted(column)}; the program loads the table in full`)
    : assumed(
        query,
        "it reads only rows that match a condition; the program loads all of them, so add `where` to a silver table",
      );
}

/** Undefined if one of them is not a plain column. */
function columnsIn(list: string): readonly ColumnDraft[] | undefined {
  const columns: ColumnDraft[] = [];
  COLUMN.lastIndex = 0;
  for (let end: string | undefined = ","; end === ","; ) {
    const found = COLUMN.exec(list);
    if (!found) return undefined;
    const [, name = "", type] = found;
    end = found[3];
    // A column cast to text, to avoid rounding, may have any type.
    columns.push({ name: unquoted(name), type: type === undefined ? STRING : typeOf(type.trim()) });
  }
  return columns;
}

function unquoted(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
}
