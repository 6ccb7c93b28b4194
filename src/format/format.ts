/**
 * The one way to write a program. Comments are kept, and so is all that has a meaning: the tree of the result is that of
 * the source. `pieces.ts` nests the tokens, `layout.ts` has the rules, `doc.ts` finds the ends of the lines.
 */
import { lex } from "../parser/lex.ts";
import { parse } from "../parser/parse.ts";
import type { SourceFile } from "../source.ts";
import { print } from "./doc.ts";
import { COLUMNS, layout } from "./layout.ts";
import { piecesOf, rolesOf } from "./pieces.ts";

/** The file's text in its canonical form; undefined where it has mistakes of syntax, which are to be mended first. */
export function format(file: SourceFile): string | undefined {
  const { module, diagnostics } = parse(file);
  if (diagnostics.length > 0) return undefined;
  const { tokens } = lex(file);
  const roles = rolesOf(module, tokens);
  const { declarations, end } = piecesOf(file.text, tokens, module.comments, roles);
  const printed = print(layout(declarations, end, roles), COLUMNS);
  return endsLinesWithReturns(file.text) ? printed.replaceAll("\n", "\r\n") : printed;
}

/** A file keeps its line ends; where it has both kinds, all become those that most of its lines have. */
function endsLinesWithReturns(text: string): boolean {
  const returns = text.match(/\r\n/g)?.length ?? 0;
  return returns > 0 && 2 * returns > (text.match(/\n/g)?.length ?? 0);
}
