/** Signatures of catalogue entries, for messages, completion and the docs. */
import { typeText } from "../types.ts";
import type { FunctionEntry, Overload, ParameterType } from "./entry.ts";

/** One overload: `left(string, int): string`, `decimal + decimal: decimal`, `string as date`. */
export function signature(entry: FunctionEntry, overload: Overload): string {
  const params = overload.params.map(parameterText);
  if (overload.to !== undefined) {
    const to = overload.to === "string" && params[0] === "string" ? "string(n)" : overload.to;
    return `${params[0]} ${entry.name} ${to}`;
  }
  if (overload.variadic) params.push("…");
  const result = resultText(overload);
  const called = entry.kind === "operator" ? operatorText(entry.name, params) : `${entry.name}(${params.join(", ")})`;
  return result === undefined ? called : `${called}: ${result}`;
}

/** `2 arguments`, `1 or 2 arguments`, `at least 2 arguments` */
export function argumentCounts(entry: FunctionEntry): string {
  const counts = [...new Set(entry.overloads.map((each) => each.params.length))].sort((a, b) => a - b);
  const open = entry.overloads.some((each) => each.variadic);
  const text = open ? `at least ${counts[0]}` : counts.join(" or ");
  return `${text} ${text === "1" || text === "at least 1" ? "argument" : "arguments"}`;
}

function parameterText(parameter: ParameterType): string {
  if (typeof parameter === "string") return parameter;
  if (parameter.oneOf) return parameter.oneOf.map((value) => `"${value}"`).join(" | ");
  return `constant ${parameter.literal}`;
}

function resultText({ result, params }: Overload): string | undefined {
  if (result === "T")
    return params
      .find((each) => each === "T" || each === "comparable" || each === "number" || each === "integer")
      ?.toString();
  if (typeof result === "object") return typeText(result);
  return typeof result === "function" && params.some((each) => each === "decimal") ? "decimal" : undefined;
}

/** An operator applied to these operands, as in a program. */
export function operatorText(name: string, params: readonly string[]): string {
  const [first = "", second = "", ...others] = params;
  switch (name) {
    case "neg":
      return `-${first}`;
    case "not":
      return `not ${first}`;
    case "is null":
    case "is not null":
      return `${first} ${name}`;
    case "in":
    case "not in":
      return `${first} ${name} [${[second, ...others].join(", ")}]`;
    case "between":
    case "not between":
      return `${first} ${name} ${second} and ${others.join(" ")}`;
    default:
      return `${first} ${name} ${second}`;
  }
}
