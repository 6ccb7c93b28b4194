/** Token names in error messages and hints for foreign syntax. Chevrotain takes its error texts from here; each is only what was expected. */
import { EOF, type IParserErrorMessageProvider, type IToken } from "chevrotain";
import { closest } from "../diagnostics/suggest.ts";
import { foreignOperator, insteadOfKeyword, synonymOf } from "./foreign-words.ts";
import {
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
} from "./tokens.ts";

/** The text of a chevrotain error is what was expected; the diagnostic around it is made in `recovery.ts`. */
export const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNoViableAltMessage: ({ customUserDescription, ruleName }) => customUserDescription ?? ruleName,
  buildEarlyExitMessage: ({ customUserDescription, ruleName }) => customUserDescription ?? ruleName,
  buildNotAllInputParsedMessage: () => "the end of the file",
};

/** The found token as shown in a message. */
export function phraseOf(token: IToken): string {
  if (token.tokenType === EOF) return "the end of the file";
  return token.tokenType === Text || token.image.includes("`") ? token.image : `\`${token.image}\``;
}

/** The hint for SQL syntax that the grammar rejected at a token, given the two tokens before it. */
export function foreignHint(found: IToken, before: IToken, earlier: IToken): { readonly hint?: string } {
  const hint = hintAfter(found, before, earlier);
  return hint === undefined ? {} : { hint };
}

const COUNT_DISTINCT = "Use `count_distinct(x)` to count distinct values.";

function hintAfter(found: IToken, before: IToken, earlier: IToken): string | undefined {
  const isStar = found.tokenType === Star;
  if (isStar && before.tokenType === Star) return "Write `power(x, 2)`.";
  if (found.tokenType === LBracket)
    return "Write a column by its name, or qualified with an alias: `price`, `item.price`.";
  if (found.tokenType === From && earlier.tokenType === LParen) return "Write `year(d)`, `month(d)`, `day(d)`.";
  if (earlier.tokenType === LParen && before.image.toLowerCase() === "distinct") return COUNT_DISTINCT;
  switch (before.tokenType) {
    case LParen:
      return isStar && earlier.image.toLowerCase() === "count" ? "Use `count()` to count rows." : undefined;
    case From:
      return found.tokenType === LBrace ? insteadOfKeyword("{", "declaration") : undefined;
    case LBrace:
      return isStar ? "Without `select` all columns are kept; use `select` to list the ones you need." : undefined;
    case Select:
      if (found.image.toLowerCase() === "distinct")
        return "`distinct` is a separate step: `select { a, b }`, then `distinct`.";
      return isStar
        ? "Without `select` all columns are kept; use `select` to list the ones you need."
        : "`from` comes first and `select` takes braces: `from silver.orders`, then `select { a, b }`.";
    case In:
      return found.tokenType === LParen ? "Lists use brackets: `in [1, 2]`." : undefined;
    case Expect:
      return 'Name the expectation: `expect "costs something": amount > 0`.';
    default:
      return foreignOperator(found);
  }
}

/** The keyword that a word most likely means, where a keyword of that role is expected. */
export function keywordHint(found: IToken, role: KeywordRole): { readonly hint?: string } {
  const candidates = keywords.filter((each) => each.role === role).map((each) => each.text);
  const word = found.image.toLowerCase();
  const hint = insteadOfKeyword(word, role);
  if (hint !== undefined) return { hint };
  const synonym = synonymOf(word);
  const meant = synonym && candidates.includes(synonym) ? synonym : closest(found.image, candidates);
  if (meant !== undefined && meant !== found.image) return { hint: `Did you mean \`${meant}\`?` };
  if (role !== "step" || found.tokenType !== Identifier) return {};
  return {
    hint: `Unknown step \`${found.image}\`; the steps are ${candidates.join(", ").replace("left", "left join")}.`,
  };
}
