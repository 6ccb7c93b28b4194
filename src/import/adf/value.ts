/** What an expression of Data Factory is worth as far as that can be said without running it. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type Value =
  | {
      readonly kind: "known";
      readonly value: Json;
      /** The parameter whose value this is, unchanged. */
      readonly origin?: Origin;
    }
  | {
      readonly kind: "unknown";
      /** A clause: `the activity x gives it at run time`. */
      readonly why: string;
      /** Of a text with unknown parts: what stands before the first of them. */
      readonly start?: string;
      readonly origin?: Origin;
    };

/** A parameter of the kind that factories give other values in other environments. */
export interface Origin {
  readonly kind: "global" | "linked-service";
  readonly name: string;
}

/** Names of parameters are the same in any case. */
export type Values = ReadonlyMap<string, Value>;

/** What an expression may refer to. */
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

/** As Data Factory puts a value into a text. */
export function asText(value: Json): string {
  return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}
