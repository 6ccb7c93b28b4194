/** The words of other languages, for those who look for them here. */
import type { IToken, TokenType } from "chevrotain";
import { Identifier, type KeywordRole, keywords, Numeral, Text } from "./tokens.ts";

const OVER =
  "There are no windows: `distinct on KEY latest by …` keeps one row of each key, `group by` and a join bring totals.";

/** What other languages call our steps. */
const SYNONYMS: Readonly<Record<string, string>> = {
  aggregate: "group",
  assert: "expect",
  assign: "derive",
  dedup: "distinct",
  drop_duplicates: "distinct",
  extend: "derive",
  filter: "where",
  groupby: "group",
  having: "where",
  head: "take",
  limit: "take",
  mutate: "derive",
  order: "sort",
  project: "select",
  summarize: "group",
  unique: "distinct",
  with_column: "derive",
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
  const step = synonymOf(word);
  const type = step === undefined ? undefined : keywords.find((each) => each.text === step)?.type;
  return type && { type, hint: `Did you mean \`${step}\`?` };
}

const JOINS = "The joins are `join` and `left join`, each with `one` or `many`.";
const CONSTANT = "A value that is used in several places is a function: `fn vat(): decimal(2,2) = 0.19`.";
const FUNCTION = "A function is one expression: `fn tax(price: decimal(10,2)): decimal(12,4) = price * 0.19`.";

const TABLE = "A table is a list of steps in braces: `silver name { from bronze.orders … }`.";

/** What other languages begin a file or a table with. */
const DECLARATIONS: Readonly<Record<string, string>> = {
  "{": "There are no templates: a table is named as it is, `from silver.orders`.",
  alter: TABLE,
  const: CONSTANT,
  create: TABLE,
  def: FUNCTION,
  from: TABLE,
  function: FUNCTION,
  insert: TABLE,
  let: CONSTANT,
  merge: TABLE,
  model: TABLE,
  select: TABLE,
  table: TABLE,
  var: CONSTANT,
  view: TABLE,
  with: TABLE,
};

/** What no step does. */
const OTHERWISE: Readonly<Record<string, string>> = {
  cross: JOINS,
  drop: "`select` names the columns that stay.",
  except: "The rows that are not found elsewhere: `left join one … on …`, then `where b.id is null`.",
  full: JOINS,
  intersect: "The rows that are also found elsewhere: `join one … on …`, then `select`.",
  pivot: "A column for each value: `group by key { open = count_if(status == Status.open) }`.",
  merge: JOINS,
  natural: JOINS,
  qualify: OVER,
  rename: "`select` names columns anew: `select { id = order_id, price }`.",
  right: JOINS,
  top: "The first rows are those of an order: `sort price desc`, then `take 10`.",
  with: "What stands in a `with` is a table of its own: `silver name { … }`.",
  window: OVER,
};

/** The step of ours that another language calls so. */
export function synonymOf(word: string): string | undefined {
  return Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
}

/** What is written in place of a word that other languages begin a declaration or a step with. */
export function insteadOfKeyword(word: string, role: KeywordRole): string | undefined {
  const instead = role === "declaration" ? DECLARATIONS : role === "step" ? OTHERWISE : {};
  return Object.hasOwn(instead, word) ? instead[word] : undefined;
}

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
const VALUES = inBothCases({
  f: 'Texts are joined with `&`: `"order " & order_id`.',
  date: 'Write `"2018-01-31" as date`, or `date(2018, 1, 31)`.',
  if: "Write `if(condition, a, b)`, or `match { condition => a, else => b }`.",
  interval: "There are `add_days(date, n)` and `add_months(date, n)`.",
  timestamp: 'Write `"2018-01-31T23:59:58" as timestamp`.',
});

/** What to write where another language puts a word and a value side by side. */
export function foreignValue(found: IToken, next: IToken): string | undefined {
  const isValue = next.tokenType === Text || next.tokenType === Numeral;
  if (!isValue && next.tokenType !== Identifier) return undefined;
  const hint = VALUES.get(found.image);
  return hint !== undefined && (isValue || found.image.toLowerCase() === "if") ? hint : undefined;
}

/** What SQL writes behind the type of a column. */
const CONSTRAINTS = inBothCases({
  default: "A value in place of null is given where the table is read: `derive { a = a ?? 0 }`.",
  not: "A column takes null only where its type says so, with `?`: `name: string?`.",
  null: "A column takes null where its type says so, with `?`: `name: string?`.",
  primary: "The key stands below the columns: `key order_id`.",
  references: "What rows of other tables belong to a row is said by a join.",
  unique: "The key stands below the columns: `key order_id`.",
});

/** What to write in place of a constraint of SQL. */
export function insteadOfConstraint(found: IToken): string | undefined {
  return CONSTRAINTS.get(found.image);
}

/** Asked for nearly every word of a file: nothing is made small for it. */
function inBothCases(hints: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(hints).flatMap(([word, hint]) => [[word, hint] as const, [word.toUpperCase(), hint] as const]),
  );
}
