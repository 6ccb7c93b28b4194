/** Tokens in messages, and hints for foreign syntax. */
import { closest } from "../diagnostics/suggest.ts";
import { foreignOperator, insteadOfKeyword, synonymOf } from "./foreign-words.ts";
import {
  EndOfFile,
  Expect,
  From,
  Identifier,
  In,
  type KeywordRole,
  keywords,
  LBrace,
  LBracket,
  LParen,
  Select,
  Star,
  Text,
  type Token,
} from "./tokens.ts";

/** The found token as shown in a message. */
export function phraseOf(token: Token): string {
  if (token.type === EndOfFile) return "the end of the file";
  return token.type === Text || token.image.includes("`") ? token.image : `\`${token.image}\``;
}

/** The hint for SQL syntax that the grammar rejected at a token, given the two tokens before it. */
export function foreignHint(found: Token, before: Token, earlier: Token): { readonly hint?: string } {
  const hint = hintAfter(found, before, earlier);
  return hint === undefined ? {} : { hint };
}

const COUNT_DISTINCT = "Use `count_distinct(x)` to count distinct values.";

function hintAfter(found: Token, before: Token, earlier: Token): string | undefined {
  const isStar = found.type === Star;
  if (isStar && before.type === Star) return "Write `power(x, 2)`.";
  if (found.type === LBracket) return "Write a column by its name, or qualified with an alias: `price`, `item.price`.";
  if (found.type === From && earlier.type === LParen) return "Write `year(d)`, `month(d)`, `day(d)`.";
  if (earlier.type === LParen && before.image.toLowerCase() === "distinct") return COUNT_DISTINCT;
  switch (before.type) {
    case LParen:
      return isStar && earlier.image.toLowerCase() === "count" ? "Use `count()` to count rows." : undefined;
    case From:
      return found.type === LBrace ? insteadOfKeyword("{", "declaration") : undefined;
    case LBrace:
      return isStar ? "Without `select` all columns are kept; use `select` to list the ones you need." : undefined;
    case Select:
      if (found.image.toLowerCase() === "distinct")
        return "`distinct` is a separate step: `select { a, b }`, then `distinct`.";
      return isStar
        ? "Without `select` all columns are kept; use `select` to list the ones you need."
        : "`from` comes first and `select` takes braces: `from silver.orders`, then `select { a, b }`.";
    case In:
      return found.type === LParen ? "Lists use brackets: `in [1, 2]`." : undefined;
    case Expect:
      return 'Name the expectation: `expect "costs something": amount > 0`.';
    default:
      return foreignOperator(found);
  }
}

/** The keyword that a word most likely means, where a keyword of that role is expected. */
export function keywordHint(found: Token, role: KeywordRole): { readonly hint?: string } {
  const candidates = keywords.filter((each) => each.role === role).map((each) => each.text);
  const word = found.image.toLowerCase();
  const hint = insteadOfKeyword(word, role);
  if (hint !== undefined) return { hint };
  const synonym = synonymOf(word);
  const meant = synonym && candidates.includes(synonym) ? synonym : closest(found.image, candidates);
  if (meant !== undefined && meant !== found.image) return { hint: `Did you mean \`${meant}\`?` };
  if (role !== "step" || found.type !== Identifier) return {};
  return {
    hint: `Unknown step \`${found.image}\`; the steps are ${candidates.join(", ").replace("left", "left join")}.`,
  };
}
