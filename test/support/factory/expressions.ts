/**
 * Evaluates the expressions of a data factory at run time, by Microsoft's reference of its functions. Every argument is
 * evaluated, also those of `if`, `and` and `or`: an expression must not rely on one being left out. Whatever is not known, or
 * is missing without `?`, is an error.
 */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

export interface Scope {
  /** `pipeline`, `activity`, `variables`, `item`, `dataset`, `utcNow`. */
  readonly roots: Readonly<Record<string, (...args: readonly Value[]) => Value>>;
}

const LONGEST = 8192;

/** All expressions in a value, replaced by what they are. Other texts have no expressions unless they are escaped. */
export function resolve(value: unknown, scope: Scope): Value {
  if (typeof value === "string") return evaluateText(value, scope);
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map((each: unknown) => resolve(each, scope));
  if (typeof value !== "object") throw new Error(`no JSON: ${typeof value}`);
  if ("type" in value && value.type === "Expression" && "value" in value)
    return evaluateText(String(value.value), scope);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolve(each, scope)]));
}

function evaluateText(text: string, scope: Scope): Value {
  if (text.length > LONGEST) throw new Error(`an expression of ${text.length} characters`);
  if (/^@(?![@{])/.test(text)) {
    const reader = createReader(text, 1, scope);
    const value = reader.expression();
    if (reader.at() !== text.length) throw new Error(`${text.slice(reader.at())} after an expression`);
    return value;
  }
  let joined = "";
  let at = text.startsWith("@@") && !text.startsWith("@@{") ? 1 : 0;
  for (;;) {
    const next = text.indexOf("@{", at);
    if (next === -1) return joined + text.slice(at);
    if (text[next - 1] === "@") {
      joined += `${text.slice(at, next - 1)}@{`;
      at = next + 2;
      continue;
    }
    const reader = createReader(text, next + 2, scope);
    joined += text.slice(at, next) + asText(reader.expression());
    if (text[reader.at()] !== "}") throw new Error(`no } in ${text}`);
    at = reader.at() + 1;
  }
}

function createReader(text: string, start: number, { roots }: Scope) {
  let at = start;
  const match = (pattern: RegExp): string | undefined => {
    const sticky = new RegExp(pattern, "y");
    sticky.lastIndex = at;
    const found = sticky.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const take = (token: string): boolean => {
    match(/\s*/);
    const isThere = text.startsWith(token, at);
    if (isThere) at += token.length;
    match(/\s*/);
    return isThere;
  };
  const need = (token: string): void => {
    if (!take(token)) throw new Error(`no ${token} at ${text.slice(at, at + 40)} in ${text}`);
  };
  const primary = (): Value => {
    match(/\s*/);
    const quoted = match(/'(?:[^']|'')*'/);
    if (quoted !== undefined) return quoted.slice(1, -1).replaceAll("''", "'");
    const number = match(/-?\d+(\.\d+)?/);
    if (number !== undefined) return Number(number);
    const name = match(/[A-Za-z]\w*/);
    if (name === undefined) throw new Error(`nothing at ${text.slice(at)} in ${text}`);
    if (name === "true" || name === "false") return name === "true";
    if (name === "null") return null;
    need("(");
    const args: Value[] = [];
    if (!take(")")) {
      do args.push(expression());
      while (take(","));
      need(")");
    }
    const call = roots[name] ?? FUNCTIONS[name];
    if (call === undefined) throw new Error(`no function ${name}`);
    return call(...args);
  };
  const expression = (): Value => {
    let value = primary();
    for (;;) {
      const isOptional = take("?");
      let name: Value;
      if (take(".")) name = match(/\w+/) ?? "";
      else if (take("[")) {
        name = expression();
        need("]");
      } else return value;
      value = memberOf(value, name, isOptional);
    }
  };
  return { expression, at: () => at };
}

function memberOf(value: Value, name: Value, isOptional: boolean): Value {
  const found =
    typeof value === "object" && value !== null && Object.hasOwn(value, String(name))
      ? Object.entries(value).find(([each]) => each === String(name))?.[1]
      : undefined;
  if (found !== undefined) return found;
  if (isOptional) return null;
  throw new Error(`${String(name)} does not exist in ${JSON.stringify(value)}`);
}

export function asText(value: Value): string {
  return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}

function text(value: Value | undefined): string {
  if (typeof value !== "string") throw new Error(`${JSON.stringify(value)} is no text`);
  return value;
}

function integer(value: Value | undefined): bigint {
  if (typeof value !== "number" || !Number.isInteger(value)) throw new Error(`${JSON.stringify(value)} is no integer`);
  return BigInt(value);
}

function bool(value: Value | undefined): boolean {
  if (typeof value !== "boolean") throw new Error(`${JSON.stringify(value)} is no bool`);
  return value;
}

function list(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is no list`);
  return value;
}

/** Numbers here are doubles, so larger integers are refused instead of rounded. */
function number(value: bigint): number {
  if (value > 2n ** 53n || value < -(2n ** 53n)) throw new Error(`${value} is too large for this stand-in`);
  return Number(value);
}

function compared(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [text(a), text(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const MICROSECONDS = 1000n;

/** Microseconds since 1970. Both with and without a time; a time without a zone is in UTC. */
function instant(value: Value | undefined): bigint {
  const [, day, time = "00:00:00", fraction = "", zone = ""] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|\+00:00)?)?$/.exec(text(value)) ?? [];
  const milliseconds = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(milliseconds) || zone === undefined) throw new Error(`${String(value)} is no time`);
  return BigInt(milliseconds) * MICROSECONDS + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
}

function formatted(time: bigint, format: Value | undefined): string {
  const fraction = ((time % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = new Date(Number((time - fraction) / MICROSECONDS)).toISOString();
  const parts: Readonly<Record<string, string>> = {
    yyyy: whole.slice(0, 4),
    MM: whole.slice(5, 7),
    dd: whole.slice(8, 10),
    HH: whole.slice(11, 13),
    mm: whole.slice(14, 16),
    ss: whole.slice(17, 19),
    ffffff: String(fraction).padStart(6, "0"),
  };
  const pattern = format === undefined ? "yyyy-MM-ddTHH:mm:ss.ffffff0Z" : text(format);
  return pattern.replace(/yyyy|MM|dd|HH|mm|ss|ffffff/g, (part) => parts[part] ?? part);
}

/** The service adds 32 bits at most. */
function added(value: Value | undefined, count: Value | undefined, unit: bigint, format: Value | undefined): string {
  const amount = integer(count);
  if (amount >= 2n ** 31n || amount < -(2n ** 31n)) throw new Error(`${amount} is too large to add`);
  return formatted(instant(value) + amount * unit, format);
}

const FUNCTIONS: Readonly<Record<string, (...args: readonly Value[]) => Value>> = {
  add: (a, b) => number(integer(a) + integer(b)),
  addDays: (time, days, format) => added(time, days, 86_400_000_000n, format),
  addSeconds: (time, seconds, format) => added(time, seconds, 1_000_000n, format),
  and: (a, b) => [bool(a), bool(b)].every(Boolean),
  coalesce: (...args) => args.find((each) => each !== null) ?? null,
  concat: (...args) => args.map((each) => (each === null ? "" : asText(each))).join(""),
  contains: (a, b) => (typeof a === "string" ? a.includes(text(b)) : list(a).includes(b ?? null)),
  div: (a, b) => number(integer(a) / integer(b)),
  empty: (value) => (typeof value === "string" ? value === "" : list(value).length === 0),
  equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  first: (value) => {
    if (list(value).length === 0) throw new Error("an empty list has no first element");
    return list(value)[0] ?? null;
  },
  formatDateTime: (time, format) => formatted(instant(time), format),
  greater: (a, b) => compared(a, b) > 0,
  if: (condition, yes, no) => (bool(condition) ? (yes ?? null) : (no ?? null)),
  int: (value) => {
    if (!/^-?\d+$/.test(asText(value ?? null))) throw new Error(`${asText(value ?? null)} is no integer`);
    return number(BigInt(asText(value ?? null)));
  },
  join: (value, separator) => list(value).map(asText).join(text(separator)),
  json: (value) => JSON.parse(text(value)),
  last: (value) => {
    if (list(value).length === 0) throw new Error("an empty list has no last element");
    return list(value).at(-1) ?? null;
  },
  length: (value) => (typeof value === "string" ? value.length : list(value).length),
  less: (a, b) => compared(a, b) < 0,
  mod: (a, b) => number(integer(a) % integer(b)),
  not: (value) => !bool(value),
  or: (a, b) => [bool(a), bool(b)].some(Boolean),
  replace: (value, from, to) => text(value).replaceAll(text(from), () => text(to)),
  skip: (value, count) => list(value).slice(Number(integer(count))),
  split: (value, separator) => {
    if (text(value) === "") throw new Error("an empty text has no parts");
    return text(value).split(text(separator));
  },
  string: (value) => asText(value ?? null),
  sub: (a, b) => number(integer(a) - integer(b)),
  substring: (value, start, length) => {
    const end = integer(start) + integer(length);
    if (end > text(value).length) throw new Error(`${String(value)} has no ${end} characters`);
    return text(value).slice(Number(integer(start)), Number(end));
  },
  take: (value, count) => {
    if (integer(count) <= 0n) throw new Error("nothing is taken");
    return list(value).slice(0, Number(integer(count)));
  },
  uriComponent: (value) => encodeURIComponent(text(value)),
};
