/** How tokens are called in messages. Chevrotain asks here for its texts; each is only what was expected. */
import { EOF, type IParserErrorMessageProvider, type IToken, type TokenType } from "chevrotain";
import { closest } from "../diagnostics/suggest.ts";
import {
  Expect,
  Identifier,
  In,
  type KeywordRole,
  keywords,
  LBrace,
  LParen,
  Numeral,
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

const OVER =
  "There are no windows: `distinct on KEY latest by …` keeps one row of each key, `group by` and a join bring totals.";

/** What other languages call our steps. */
const SYNONYMS: Readonly<Record<string, string>> = {
  aggregate: "group",
  assert: "expect",
  dedup: "distinct",
  extend: "derive",
  filter: "where",
  having: "where",
  limit: "take",
  mutate: "derive",
  order: "sort",
  project: "select",
  summarize: "group",
  unique: "distinct",
};

/** What stands at the start of a step and is another language's name of one: the step that is meant, or a word too many. */
export function foreignStep(
  found: IToken,
  next: IToken,
): { readonly type?: TokenType; readonly hint: string } | undefined {
  const word = found.image.toLowerCase();
  if (found.tokenType !== Identifier) return undefined;
  if (word === "inner") {
    if (next.image.toLowerCase() !== "join") return undefined;
    return { hint: "Leave `inner` out, and say how many rows it finds for each: `join one` or `join many`." };
  }
  if (word === "order" && next.image.toLowerCase() !== "by") return undefined;
  const step = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
  const type = step === undefined ? undefined : keywords.find((each) => each.text === step)?.type;
  return type && { type, hint: `Did you mean \`${step}\`?` };
}

/** The words before `join` in SQL that mean none of our joins. */
const JOINS: ReadonlySet<string> = new Set(["full", "right", "cross", "natural"]);

/** The other words that SQL may write behind a relation. */
const AFTER_RELATION: ReadonlySet<string> = new Set(["inner", "using", "union", "intersect", "except", "window"]);

const TABLE = "A table is a list of steps in braces: `silver name { from bronze.orders … }`.";

/** What other languages begin a file or a table with. */
const DECLARATIONS: Readonly<Record<string, string>> = {
  alter: TABLE,
  create: TABLE,
  def: "A function is one expression: `fn tax(price: decimal(10,2)): decimal(10,2) = price * 0.19`.",
  from: TABLE,
  function: "Write `fn`: `fn tax(price: decimal(10,2)): decimal(10,2) = price * 0.19`.",
  insert: TABLE,
  merge: TABLE,
  model: TABLE,
  select: TABLE,
  table: TABLE,
  view: TABLE,
  with: TABLE,
};

/** What no step does. */
const OTHERWISE: Readonly<Record<string, string>> = {
  except: "The rows that are not found elsewhere: `left join one … on …`, then `where b.id is null`.",
  intersect: "The rows that are also found elsewhere: `join one … on …`, then `select`.",
  pivot: "A column for each value: `group by key { open = count_if(status == Status.open) }`.",
  with: "What stands in a `with` is a table of its own: `silver name { … }`.",
  window: OVER,
};

/** Operators of other languages that are words, or begin something between values. */
const OPERATORS: Readonly<Record<string, string>> = {
  "?": "Write `if(condition, a, b)`, or `match` for more than two.",
  ilike: "Write `contains(lower(x), …)` or `regexp_like(x, …)`.",
  like: "Write `starts_with(x, …)`, `ends_with(x, …)`, `contains(x, …)` or `regexp_like(x, …)`.",
  over: OVER,
  rlike: "Write `regexp_like(x, …)`.",
};

/** What to write in place of an operator of another language. */
export function foreignOperator(found: IToken): string | undefined {
  const word = found.image.toLowerCase();
  return Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
}

/** Words that other languages put before a value. */
const VALUES: Readonly<Record<string, string>> = {
  date: 'Write `"2018-01-31" as date`, or `date(2018, 1, 31)`.',
  if: "Write `if(condition, a, b)`, or `match { condition => a, else => b }`.",
  interval: "There are `add_days(date, n)` and `add_months(date, n)`.",
  timestamp: 'Write `"2018-01-31T23:59:58" as timestamp`.',
};

/** What to write where another language puts a word and a value side by side. */
export function foreignValue(found: IToken, next: IToken): string | undefined {
  const isValue = next.tokenType === Text || next.tokenType === Numeral;
  if (!isValue && next.tokenType !== Identifier) return undefined;
  const word = found.image.toLowerCase();
  if (!Object.hasOwn(VALUES, word)) return undefined;
  return isValue || (word === "if" && next.tokenType === Identifier) ? VALUES[word] : undefined;
}

/** What to write where SQL's way of writing stopped the grammar at a token, with the two tokens before it. */
export function foreignHint(found: IToken, before: IToken, earlier: IToken): { readonly hint?: string } {
  const hint = hintAfter(found, before, earlier);
  return hint === undefined ? {} : { hint };
}

const COUNT_DISTINCT = "`count_distinct(x)` counts the values that differ.";

function hintAfter(found: IToken, before: IToken, earlier: IToken): string | undefined {
  const isStar = found.tokenType === Star;
  if (earlier.tokenType === LParen && before.image.toLowerCase() === "distinct") return COUNT_DISTINCT;
  switch (before.tokenType) {
    case LParen:
      return isStar && earlier.image.toLowerCase() === "count" ? "`count()` counts rows." : undefined;
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

/** Whether other languages begin a step with this word, or go on with it after the name of a relation. */
export function isForeignStep(word: string): boolean {
  const small = word.toLowerCase();
  return Object.hasOwn(SYNONYMS, small) || JOINS.has(small) || AFTER_RELATION.has(small);
}

/** The keyword that a word most likely stands for, where one of its role belongs. */
export function keywordHint(found: IToken, role: KeywordRole): { readonly hint?: string } {
  const candidates = keywords.filter((each) => each.role === role).map((each) => each.text);
  const word = found.image.toLowerCase();
  const otherwise = role === "declaration" ? DECLARATIONS : role === "step" ? OTHERWISE : {};
  const hint = Object.hasOwn(otherwise, word) ? otherwise[word] : undefined;
  if (hint !== undefined) return { hint };
  const synonym = SYNONYMS[word] ?? "";
  const meant = candidates.includes(synonym) ? synonym : closest(found.image, candidates);
  if (meant !== undefined && meant !== found.image) return { hint: `Did you mean \`${meant}\`?` };
  if (role !== "step" || found.tokenType !== Identifier) return {};
  if (JOINS.has(found.image.toLowerCase()))
    return { hint: "The joins are `join` and `left join`, each with `one` or `many`." };
  return {
    hint: `There is no step \`${found.image}\`; the steps are ${candidates.join(", ").replace("left", "left join")}.`,
  };
}
