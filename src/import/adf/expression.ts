/**
 * Evaluates expressions of Data Factory as far as the factory's files allow. Values that are known only at run time, and
 * invalid expressions, are unknown, with a reason; nothing is an error.
 */
import { functions } from "./functions.ts";
import { asText, isList, type Json, known, type Scope, unknown, type Value, type Values } from "./value.ts";

/** The value of a property: a text that may be an expression, `{value, type: "Expression"}`, or plain JSON. */
export function evaluate(given: unknown, scope: Scope): Value {
  if (typeof given === "string") return evaluateText(given, scope);
  if (typeof given !== "object" || given === null) return isJson(given) ? known(given) : unknown("it has no value");
  if (Array.isArray(given)) {
    const values = given.map((each: unknown) => evaluate(each, scope));
    const missing = values.find((each) => each.kind === "unknown");
    return missing ?? known(values.flatMap((each) => (each.kind === "known" ? [each.value] : [])));
  }
  if ("type" in given && given.type === "Expression" && "value" in given) return evaluate(given.value, scope);
  const entries = Object.entries(given).map(([name, each]) => [name, evaluate(each, scope)] as const);
  const missing = entries.find(([, each]) => each.kind === "unknown")?.[1];
  return missing ?? known(Object.fromEntries(entries.flatMap(([n, v]) => (v.kind === "known" ? [[n, v.value]] : []))));
}

function isJson(value: unknown): value is Json {
  return value === null || typeof value === "number" || typeof value === "boolean";
}

function evaluateText(text: string, scope: Scope): Value {
  if (text.startsWith("@@") && !text.startsWith("@@{")) return known(text.slice(1));
  if (text.startsWith("@") && !text.startsWith("@{") && !text.startsWith("@@")) {
    const reader = createReader(text, 1, scope);
    const value = reader.expression();
    return value && reader.at() === text.length ? value : UNREADABLE;
  }
  return interpolate(text, scope);
}

/** `bronze/@{item().table}/x`. A single part is the value itself, with its origin. */
function interpolate(text: string, scope: Scope): Value {
  let joined = "";
  let at = 0;
  for (let next = text.indexOf("@{"); next >= 0; next = text.indexOf("@{", at)) {
    if (text[next - 1] === "@") {
      joined += text.slice(at, next - 1).concat("@{");
      at = next + 2;
      continue;
    }
    joined += text.slice(at, next);
    const reader = createReader(text, next + 2, scope);
    const value = reader.expression();
    if (!value || text[reader.at()] !== "}") return unknown(UNREADABLE.why, joined);
    at = reader.at() + 1;
    if (next === 0 && at === text.length && (value.kind === "unknown" || typeof value.value === "string")) return value;
    if (value.kind === "unknown") return unknown(value.why, joined);
    joined += asText(value.value);
  }
  return known(joined + text.slice(at));
}

const UNREADABLE = { kind: "unknown", why: "its expression is not supported" } as const;

interface Reader {
  /** Undefined without an expression. */
  expression(): Value | undefined;
  /** The offset up to which the text was parsed, including spaces. */
  at(): number;
}

const NUMBER = /-?\d+(\.\d+)?/y;
const NAME = /[A-Za-z_]\w*/y;
const ACCESS = /\?/y;
const DEEPEST = 100;

function createReader(text: string, start: number, scope: Scope): Reader {
  let at = start;
  let depth = 0;

  const blanks = (): void => {
    while (/\s/.test(text[at] ?? "")) at += 1;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const take = (character: string): boolean => {
    blanks();
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };

  const quoted = (): string | undefined => {
    let value = "";
    for (at += 1; at < text.length; at += 1) {
      if (text[at] !== "'") value += text[at];
      else if (text[at + 1] === "'") {
        value += "'";
        at += 1;
      } else {
        at += 1;
        return value;
      }
    }
    return undefined;
  };

  const args = (): readonly Value[] | undefined => {
    const found: Value[] = [];
    if (take(")")) return found;
    do {
      const value = expression();
      if (!value) return undefined;
      found.push(value);
    } while (take(","));
    return take(")") ? found : undefined;
  };

  const primary = (): Value | Root | undefined => {
    blanks();
    if (text[at] === "'") {
      const value = quoted();
      return value === undefined ? undefined : known(value);
    }
    const number = match(NUMBER);
    if (number !== undefined) return known(Number(number));
    const name = match(NAME);
    if (name === undefined) return undefined;
    if (!take("(")) return constant(name);
    const given = args();
    return given && call(name, given, scope);
  };

  const expression = (): Value | undefined => {
    depth += 1;
    let value = depth > DEEPEST ? undefined : primary();
    while (value) {
      blanks();
      match(ACCESS);
      let name: Value;
      if (take(".")) {
        const member = match(NAME);
        if (member === undefined) return undefined;
        name = known(member);
      } else if (take("[")) {
        const index = expression();
        if (!index || !take("]")) return undefined;
        name = index;
      } else break;
      value = member(value, name);
    }
    depth -= 1;
    return value && "kind" in value ? value : undefined;
  };

  return { expression, at: () => at };
}

function constant(name: string): Value | undefined {
  if (name === "true" || name === "false") return known(name === "true");
  return name === "null" ? known(null) : undefined;
}

/** Functions without arguments whose members are known, but not the value itself: `pipeline()`, `dataset()`. */
interface Root {
  readonly members: Readonly<Record<string, Values | undefined>>;
}

function call(name: string, args: readonly Value[], scope: Scope): Value | Root {
  switch (name.toLowerCase()) {
    case "pipeline":
      return { members: { parameters: scope.parameters, globalparameters: scope.globals } };
    case "dataset":
      return { members: { "": scope.dataset } };
    case "linkedservice":
      return { members: { "": scope.linkedService } };
    case "item":
      return scope.item ?? unknown("it is used outside of a loop");
    case "variables":
      return lookUp(scope.variables, args[0]);
    case "activity":
      return unknown(`the activity ${named(args[0])} provides it at run time`);
    case "if": {
      const [condition, yes, no] = args;
      if (condition?.kind !== "known") return condition ?? unknown("its expression is not complete");
      return (condition.value === true ? yes : no) ?? unknown("its expression is not complete");
    }
    default:
      return callPure(name, args);
  }
}

function callPure(name: string, args: readonly Value[]): Value {
  const apply = functions.get(name.toLowerCase());
  if (!apply) return unknown(`${name}() is known only at run time`);
  const missing = args.find((each) => each.kind === "unknown");
  if (missing) {
    const start = name.toLowerCase() === "concat" ? startOf(args) : undefined;
    return unknown(missing.why, start);
  }
  const result = apply(...args.flatMap((each) => (each.kind === "known" ? [each.value] : [])));
  return result === undefined ? unknown(`${name}() has no value`) : known(result);
}

/** The known start of a concatenated text. */
function startOf(args: readonly Value[]): string {
  let start = "";
  for (const each of args) {
    if (each.kind === "unknown") return start + (each.start ?? "");
    start += asText(each.value);
  }
  return start;
}

function member(value: Value | Root, name: Value): Value | Root {
  if (name.kind === "unknown") return name;
  if ("members" in value) {
    const direct = value.members[""];
    if (direct) return lookUp(direct, name);
    const wanted = asText(name.value).toLowerCase();
    const inner = Object.hasOwn(value.members, wanted) ? value.members[wanted] : undefined;
    return inner ? { members: { "": inner } } : unknown(`${asText(name.value)} is known only at run time`);
  }
  if (value.kind === "unknown") return { kind: "unknown", why: value.why };
  const { value: inside } = value;
  const found = isList(inside)
    ? inside[Number(asText(name.value))]
    : typeof inside === "object" && inside !== null
      ? memberOf(inside, asText(name.value))
      : undefined;
  return found === undefined ? unknown(`${asText(name.value)} does not exist`) : known(found);
}

function memberOf(object: { readonly [name: string]: Json }, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  return Object.entries(object).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
}

function lookUp(values: Values | undefined, name: Value | undefined): Value {
  const found = name?.kind === "known" ? values?.get(asText(name.value).toLowerCase()) : undefined;
  return found ?? unknown(`the parameter ${named(name)} has no value`);
}

function named(name: Value | undefined): string {
  return name?.kind === "known" ? asText(name.value) : "with an unknown name";
}
