/** How tokens are called in messages. Chevrotain asks here for its texts; each is only what was expected. */
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

/** What was found, as a message calls it. */
export function phraseOf(token: IToken): string {
  if (token.tokenType === EOF) return "the end of the file";
  return token.tokenType === Text || token.image.includes("`") ? token.image : `\`${token.image}\``;
}

/** What to write where SQL's way of writing stopped the grammar at a token, with the two tokens before it. */
export function foreignHint(found: IToken, before: IToken, earlier: IToken): { readonly hint?: string } {
  const hint = hintAfter(found, before, earlier);
  return hint === undefined ? {} : { hint };
}

const COUNT_DISTINCT = "`count_distinct(x)` counts the values that differ.";

function hintAfter(found: IToken, before: IToken, earlier: IToken): string | undefined {
  const isStar = found.tokenType === Star;
  if (isStar && before.tokenType === Star) return "Write `power(x, 2)`.";
  if (found.tokenType === LBracket) return "A column is named alone, or behind its relation: `price`, `item.price`.";
  if (found.tokenType === From && earlier.tokenType === LParen) return "Write `year(d)`, `month(d)`, `day(d)`.";
  if (earlier.tokenType === LParen && before.image.toLowerCase() === "distinct") return COUNT_DISTINCT;
  switch (before.tokenType) {
    case LParen:
      return isStar && earlier.image.toLowerCase() === "count" ? "`count()` counts rows." : undefined;
    case From:
      return found.tokenType === LBrace ? insteadOfKeyword("{", "declaration") : undefined;
    case LBrace:
      return isStar ? "Without `select` every column stays; `select` names those to keep." : undefined;
    case Select:
      if (found.image.toLowerCase() === "distinct")
        return "`distinct` is a step of its own: `select { a, b }`, then `distinct`.";
      return isStar
        ? "Without `select` every column stays; `select` names those to keep."
        : "The columns stand in braces, behind what they are read from: `from silver.orders`, then `select { a, b }`.";
    case In:
      return found.tokenType === LParen ? "A list stands in brackets: `in [1, 2]`." : undefined;
    case Expect:
      return 'Give it a name: `expect "costs something": amount > 0`.';
    default:
      return foreignOperator(found);
  }
}

/** The keyword that a word most likely stands for, where one of its role belongs. */
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
    hint: `There is no step \`${found.image}\`; the steps are ${candidates.join(", ").replace("left", "left join")}.`,
  };
}
