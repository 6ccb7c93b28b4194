/**
 * Formats programs. The result has the same syntax tree and comments as the source. `pieces.ts` nests the tokens,
 * `layout.ts` contains the rules, `doc.ts` decides where lines break.
 */
import { lex } from "../parser/lex.ts";
import { parse } from "../parser/parse.ts";
import type { SourceFile } from "../source.ts";
import { print } from "./doc.ts";
import { COLUMNS, layout } from "./layout.ts";
import { piecesOf, rolesOf } from "./pieces.ts";

/** The formatted text of the file; undefined if it has syntax errors. */
export function format(file: SourceFile): string | undefined {
  const { module, diagnostics } = parse(file);
  if (diagnostics.length > 0) return undefined;
  const { tokens } = lex(file);
  const roles = rolesOf(module, tokens);
  const { declarations, end } = piecesOf(file.text, tokens, module.comments, roles);
  const printed = print(layout(declarations, end, roles), COLUMNS);
  return endsLinesWithReturns(file.text) ? printed.replaceAll("\n", "\r\n") : printed;
}

/** Whether the result uses CRLF: the line ending of most lines of the source. */
function endsLinesWithReturns(text: string): boolean {
  const returns = text.match(/\r\n/g)?.length ?? 0;
  return returns > 0 && 2 * returns > (text.match(/\n/g)?.length ?? 0);
}
