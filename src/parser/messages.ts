/** How tokens are called in messages. Chevrotain asks here for its texts; each is only what was expected. */
import { EOF, type IParserErrorMessageProvider, type IToken } from "chevrotain";
import { closest } from "../diagnostics/suggest.ts";
import {
  Distinct,
  Expect,
  Identifier,
  In,
  type KeywordRole,
  keywords,
  LBrace,
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

/** What other languages call our steps. */
const SYNONYMS: Readonly<Record<string, string>> = {
  aggregate: "group",
  assert: "expect",
  dedup: "distinct",
  extend: "derive",
  filter: "where",
  having: "where",
  inner: "join",
  limit: "take",
  mutate: "derive",
  order: "sort",
  project: "select",
  summarize: "group",
  unique: "distinct",
};

/** The words before `join` in SQL that mean none of our joins. */
const JOINS: ReadonlySet<string> = new Set(["full", "right", "cross", "natural"]);

/** Operators of other languages that are words, or begin something between values. */
const OPERATORS: Readonly<Record<string, string>> = {
  "?": "Write `if(condition, a, b)`, or `match` for more than two.",
  ilike: "Write `contains(lower(x), …)` or `regexp_like(x, …)`.",
  like: "Write `starts_with(x, …)`, `ends_with(x, …)`, `contains(x, …)` or `regexp_like(x, …)`.",
  over: "There are no windows: `distinct on KEY latest by …` keeps one row of each key, `group by` and a join bring totals.",
  rlike: "Write `regexp_like(x, …)`.",
};

/** What to write in place of an operator of another language. */
export function foreignOperator(found: IToken): string | undefined {
  const word = found.image.toLowerCase();
  return Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
}

/** What to write where SQL's way of writing stopped the grammar at a token, with the two tokens before it. */
export function foreignHint(found: IToken, before: IToken, earlier: IToken): { readonly hint?: string } {
  const hint = hintAfter(found, before, earlier);
  return hint === undefined ? {} : { hint };
}

function hintAfter(found: IToken, before: IToken, earlier: IToken): string | undefined {
  const isStar = found.tokenType === Star;
  switch (before.tokenType) {
    case LParen:
      return isStar && earlier.image === "count" ? "`count()` counts rows." : undefined;
    case Distinct:
      return earlier.tokenType === LParen ? "`count_distinct(x)` counts the values that differ." : undefined;
    case LBrace:
      return isStar ? "Without `select` every column stays; `select` names those to keep." : undefined;
    case Select:
      return isStar
        ? "Without `select` every column stays; `select` names those to keep."
        : "The columns stand in braces: `select { a, b }`.";
    case In:
      return found.tokenType === LParen ? "A list stands in brackets: `in [1, 2]`." : undefined;
    case Expect:
      return 'Give it a name: `expect "costs something": amount > 0`.';
    default:
      if (found.image.toLowerCase() === "using") return "Write the condition: `on a.id == b.id`.";
      return foreignOperator(found);
  }
}

/** Whether other languages begin a step with this word. */
export function isForeignStep(word: string): boolean {
  return Object.hasOwn(SYNONYMS, word.toLowerCase());
}

/** The keyword that a word most likely stands for, where one of its role belongs. */
export function keywordHint(found: IToken, role: KeywordRole): { readonly hint?: string } {
  const candidates = keywords.filter((each) => each.role === role).map((each) => each.text);
  const synonym = SYNONYMS[found.image.toLowerCase()] ?? "";
  const meant = candidates.includes(synonym) ? synonym : closest(found.image, candidates);
  if (meant !== undefined && meant !== found.image) return { hint: `Did you mean \`${meant}\`?` };
  if (role !== "step" || found.tokenType !== Identifier) return {};
  if (JOINS.has(found.image.toLowerCase()))
    return { hint: "The joins are `join` and `left join`, each with `one` or `many`." };
  return {
    hint: `There is no step \`${found.image}\`; the steps are ${candidates.join(", ").replace("left", "left join")}.`,
  };
}
