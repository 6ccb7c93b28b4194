/** Prints parts of a program. The layout is left to the formatter. */
import { keywordOf } from "../../parser/tokens.ts";
import { typeText } from "../../types.ts";
import type { ColumnDraft } from "./drafts.ts";

/** A text in double quotes. */
export function quoted(text: string): string {
  const inside = text
    .toWellFormed()
    .replace(/["\\]/g, "\\$&")
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`);
  return `"${inside}"`;
}

/** A column's name, in backticks if necessary. */
export function columnName(name: string): string {
  const isPlain = /^[A-Za-z_]\w*$/.test(name) && !keywordOf.get(name.toLowerCase())?.reserved;
  return isPlain ? name : `\`${name.replaceAll("`", "``")}\``;
}

/** Whether a program can have a column with this name. */
export function isColumnName(name: string): boolean {
  return name !== "" && name.isWellFormed() && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name);
}

/** Data Factory has no information about nulls, so every column is nullable. */
export function columnLine({ name, type }: ColumnDraft): string {
  return `${columnName(name)}: ${typeText(type, true)}`;
}

const WIDTH = 116;

/** Comment lines, prefixed with `//` or `///`. */
export function comment(text: string, mark: "//" | "///" = "//"): string {
  const lines: string[] = [];
  for (const word of text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .toWellFormed()
    .split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${mark} ${line}\n`).join("");
}
