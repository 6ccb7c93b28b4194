/** The function catalogue: all operators, casts, functions and aggregates of the language, in the order of the docs. */
import { aggregates } from "./catalog/aggregates.ts";
import { arithmetic } from "./catalog/arithmetic.ts";
import { casts } from "./catalog/casts.ts";
import { choice } from "./catalog/choice.ts";
import { comparison } from "./catalog/comparison.ts";
import { dates } from "./catalog/dates.ts";
import { keys } from "./catalog/keys.ts";
import { logic } from "./catalog/logic.ts";
import { numbers } from "./catalog/numbers.ts";
import { patterns } from "./catalog/patterns.ts";
import { text } from "./catalog/text.ts";
import type { FunctionEntry } from "./entry.ts";

export const catalog: readonly FunctionEntry[] = [
  ...arithmetic,
  ...comparison,
  ...logic,
  ...choice,
  ...casts,
  ...numbers,
  ...text,
  ...patterns,
  ...keys,
  ...dates,
  ...aggregates,
];

const byName = new Map(catalog.map((entry) => [entry.name, entry]));

/** The entry of a function, aggregate, operator or cast. Operators have names like `+`, `neg`, `is null`, `as`. */
export function findFunction(name: string): FunctionEntry | undefined {
  return byName.get(name);
}
