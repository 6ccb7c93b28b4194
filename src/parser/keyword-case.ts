/** Keywords in capitals, as SQL writes them. */
import type { SourceFile } from "../source.ts";
import * as t from "./tokens.ts";
import { matches, type Token, type TokenType } from "./tokens.ts";

/** Every keyword in capitals, except those of declarations, which SQL does not have. */
export const capitals: ReadonlyMap<string, t.Keyword> = new Map(
  t.keywords.filter((each) => each.role !== "declaration").map((each) => [each.text.toUpperCase(), each] as const),
);

/** The words before `by`. */
const BEFORE_BY: ReadonlySet<string> = new Set(["group", "sort", "order", "latest", "earliest"]);

const VALUE_ENDS: readonly TokenType[] = [t.Word, t.Text, t.Numeral, t.RParen, t.RBracket, t.RBrace, t.Star, t.Null];
const VALUE_STARTS: readonly TokenType[] = [
  t.Word,
  t.Text,
  t.Numeral,
  t.LParen,
  t.LBrace,
  t.Star,
  t.Not,
  t.SingleQuoted,
];

/**
 * The keyword that a word in capitals means. Reserved words cannot be names; others can be names of columns, so for them
 * the words around them decide: between two values there can only be a keyword.
 */
export function capitalAt(file: SourceFile, tokens: readonly Token[], at: number): t.Keyword | undefined {
  const token = tokens[at];
  const keyword = token?.type === t.Identifier ? capitals.get(token.image) : undefined;
  if (!token || !keyword || keyword.reserved) return keyword;
  const before = tokens[at - 1];
  const next = tokens[at + 1];
  const after = next && sameLine(file, token, next) ? next : undefined;
  switch (keyword.type) {
    case t.By:
      return before && BEFORE_BY.has(before.image.toLowerCase()) ? keyword : undefined;
    case t.Asc:
    case t.Desc: {
      const ends = !after || after.type === t.Comma || after.type === t.RBrace;
      return ends && before && sameLine(file, before, token) && isOf(before, VALUE_ENDS) ? keyword : undefined;
    }
    default: {
      const opens = !before || before.type === t.LBrace || isOf(before, VALUE_ENDS);
      return opens && isOf(after, VALUE_STARTS) ? keyword : undefined;
    }
  }
}

function isOf(token: Token | undefined, types: readonly TokenType[]): boolean {
  return token !== undefined && types.some((type) => matches(token, type));
}

function sameLine(file: SourceFile, first: Token, second: Token): boolean {
  return !file.text.slice(first.start, second.start).includes("\n");
}
