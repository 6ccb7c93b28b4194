/** The value of a Data Factory expression, as far as it is known without running it. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type Value =
  | {
      readonly kind: "known";
      readonly value: Json;
      /** The parameter that it is the unchanged value of. */
      readonly origin?: Origin;
    }
  | {
      readonly kind: "unknown";
      /** A clause: `the activity x provides it at run time`. */
      readonly why: string;
      /** For a text with unknown parts: the part before the first of them. */
      readonly start?: string;
      readonly origin?: Origin;
    };

/** A parameter whose value usually differs between environments. */
export interface Origin {
  readonly kind: "global" | "linked-service";
  readonly name: string;
}

/** Parameter names are case-insensitive. */
export type Values = ReadonlyMap<string, Value>;

/** The scope of an expression. */
export interface Scope {
  readonly globals: Values;
  readonly parameters?: Values;
  readonly variables?: Values;
  readonly item?: Value;
  readonly dataset?: Values;
  readonly linkedService?: Values;
}

export function known(value: Json, origin?: Origin): Value {
  return origin ? { kind: "known", value, origin } : { kind: "known", value };
}

export function unknown(why: string, start?: string): Value {
  return start === undefined ? { kind: "unknown", why } : { kind: "unknown", why, start };
}

export function textOf(value: Value): string | undefined {
  return value.kind === "known" && (typeof value.value === "string" || typeof value.value === "number")
    ? String(value.value)
    : undefined;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Converts a value to text like Data Factory. */
export function asText(value: Json): string {
  return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}
