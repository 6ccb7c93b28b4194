/** Words of other languages (SQL, pandas, dplyr) and the hint that shows the Medal equivalent. */
import { Identifier, type KeywordRole, keywords, Numeral, Text, type Token, type TokenType } from "./tokens.ts";

const OVER =
  "Window functions are not supported: use `distinct on KEY latest by …` for one row per key, `group by` and a join for totals.";

/** Names of steps in other languages. */
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

/** The Medal step for a word at the start of a step that another language uses for it, or a hint to remove the word. */
export function foreignStep(
  found: Token,
  next: Token,
): { readonly type?: TokenType; readonly hint: string } | undefined {
  const word = found.image.toLowerCase();
  if (found.type !== Identifier) return undefined;
  if (word === "inner") {
    if (next.image.toLowerCase() !== "join") return undefined;
    return { hint: "Remove `inner` and state the cardinality: `join one` or `join many`." };
  }
  if (word === "order" && next.image.toLowerCase() !== "by") return undefined;
  const step = synonymOf(word);
  const type = step === undefined ? undefined : keywords.find((each) => each.text === step)?.type;
  return type && { type, hint: `Did you mean \`${step}\`?` };
}

const JOINS = "The joins are `join` and `left join`, each with `one` or `many`.";
const CONSTANT = "Declare a shared value as a function: `fn vat(): decimal(2,2) = 0.19`.";
const FUNCTION = "A function is one expression: `fn tax(price: decimal(10,2)): decimal(12,4) = price * 0.19`.";

const TABLE = "A table is a list of steps in braces: `silver name { from bronze.orders … }`.";

/** Words that start a declaration in other languages. */
const DECLARATIONS: Readonly<Record<string, string>> = {
  "{": "Templates are not supported; refer to a table by its name: `from silver.orders`.",
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

/** Operations of other languages without a Medal step of their own. */
const OTHERWISE: Readonly<Record<string, string>> = {
  cross: JOINS,
  drop: "Use `select` to list the columns to keep.",
  except: "Rows without a match: `left join one … on …`, then `where b.id is null`.",
  full: JOINS,
  intersect: "Rows with a match: `join one … on …`, then `select`.",
  pivot: "One column per value: `group by key { open = count_if(status == Status.open) }`.",
  merge: JOINS,
  natural: JOINS,
  qualify: OVER,
  rename: "Use `select` to rename columns: `select { id = order_id, price }`.",
  right: JOINS,
  top: "Sort first: `sort price desc`, then `take 10`.",
  with: "Declare a `with` query as a table: `silver name { … }`.",
  window: OVER,
};

/** The Medal step for another language's word. */
export function synonymOf(word: string): string | undefined {
  return Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
}

/** The hint for a word that starts a declaration or a step in other languages. */
export function insteadOfKeyword(word: string, role: KeywordRole): string | undefined {
  const instead = role === "declaration" ? DECLARATIONS : role === "step" ? OTHERWISE : {};
  return Object.hasOwn(instead, word) ? instead[word] : undefined;
}

/** Operators of other languages. */
const OPERATORS: Readonly<Record<string, string>> = {
  "?": "Write `if(condition, a, b)`, or `match` for more than two.",
  ilike: "Write `contains(lower(x), …)` or `regexp_like(x, …)`.",
  like: "Write `starts_with(x, …)`, `ends_with(x, …)`, `contains(x, …)` or `regexp_like(x, …)`.",
  over: OVER,
  rlike: "Write `regexp_like(x, …)`.",
};

/** The hint for an operator of another language. */
export function foreignOperator(found: Token): string | undefined {
  const word = found.image.toLowerCase();
  return Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
}

/** Words that precede a value in other languages. */
const VALUES = inBothCases({
  f: 'Concatenate strings with `&`: `"order " & order_id`.',
  date: 'Write `"2018-01-31" as date`, or `date(2018, 1, 31)`.',
  if: "Write `if(condition, a, b)`, or `match { condition => a, else => b }`.",
  interval: "Use `add_days(date, n)` or `add_months(date, n)`.",
  timestamp: 'Write `"2018-01-31T23:59:58" as timestamp`.',
});

/** The hint for a word followed by a value, as in `date "2018-01-31"`. */
export function foreignValue(found: Token, next: Token): string | undefined {
  const isValue = next.type === Text || next.type === Numeral;
  if (!isValue && next.type !== Identifier) return undefined;
  const hint = VALUES.get(found.image);
  return hint !== undefined && (isValue || found.image.toLowerCase() === "if") ? hint : undefined;
}

/** Column constraints of SQL. */
const CONSTRAINTS = inBothCases({
  default: "Set a default where the table is read: `derive { a = a ?? 0 }`.",
  not: "Columns are not null by default; a nullable type ends in `?`: `name: string?`.",
  null: "A nullable type ends in `?`: `name: string?`.",
  primary: "Declare the key after the columns: `key order_id`.",
  references: "Foreign keys are not declared; use a join.",
  unique: "Declare the key after the columns: `key order_id`.",
});

/** The hint for a column constraint of SQL. */
export function insteadOfConstraint(found: Token): string | undefined {
  return CONSTRAINTS.get(found.image);
}

/** Called for nearly every word of a file, so both cases are stored instead of lowercasing each word. */
function inBothCases(hints: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(hints).flatMap(([word, hint]) => [[word, hint] as const, [word.toUpperCase(), hint] as const]),
  );
}
