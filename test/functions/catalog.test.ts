import { expect, it } from "vitest";
import { catalog } from "../../src/functions/catalog.ts";
import type { FunctionEntry, Overload, ParameterType } from "../../src/functions/entry.ts";
import { signature } from "../../src/functions/signature.ts";
import { type Case, cases } from "./cases.ts";
import type { Position } from "./positions.ts";

/** Where each kind of entry has to be tested; some reject constants. */
const SOMEWHERE: Readonly<Record<FunctionEntry["kind"], readonly Position[]>> = {
  operator: ["column", "operand", "filter", "aggregate"],
  scalar: ["column", "operand", "filter", "aggregate"],
  aggregate: ["rows", "nothing"],
};

/** The signatures of overloads that no vector tests, or not in all positions. */
function unasked(entries: readonly FunctionEntry[], asked: readonly Case[]): readonly string[] {
  const found = new Set(asked.map(({ fn, overload, position }) => `${fn} ${overload} ${position}`));
  return entries
    .filter(({ name }) => name !== "widen")
    .flatMap((entry) =>
      entry.overloads.flatMap((each, index) => {
        const missing = SOMEWHERE[entry.kind].filter((position) => !found.has(`${entry.name} ${index} ${position}`));
        return missing.length === 0 ? [] : [`${signature(entry, each)}: ${missing.join(", ")}`];
      }),
    );
}

it("a vector tests every overload of every entry, also in conditions and below aggregates", () => {
  expect(unasked(catalog, cases)).toEqual([]);
});

it("an entry, an operator, a cast and an aggregate without a vector are detected", () => {
  for (const [name, index] of [
    ["trim", 0],
    ["%", 2],
    ["as", 4],
    ["sum", 1],
  ] as const) {
    const without = cases.filter(({ fn, overload }) => fn !== name || overload !== index);
    expect(unasked(catalog, without)).toHaveLength(1);
  }
  const filters = cases.filter(({ fn, position }) => fn !== "trim" || position !== "filter");
  expect(unasked(catalog, filters)).toEqual(["trim(string): string: filter"]);
});

it("names are unique, and those of functions are identifiers", () => {
  const names = catalog.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, kind } of catalog) if (kind !== "operator") expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
});

it("a function is documented under its own name, in sentences", () => {
  for (const { name, kind, usage, doc } of catalog) {
    if (kind !== "operator") for (const form of usage.split(" · ")) expect(form.startsWith(`${name}(`)).toBe(true);
    expect(doc).toMatch(/^[A-Z`-].*\.$/s);
  }
});

it("aggregates, and only they, specify the effect of duplicates", () => {
  for (const { kind, duplicates } of catalog) expect(duplicates !== undefined).toBe(kind === "aggregate");
});

it("narrower overloads come before wider ones", () => {
  const width = (parameter: ParameterType): number =>
    typeof parameter === "string" ? ["int", "long", "decimal", "double"].indexOf(parameter) : -1;
  const hides = (first: Overload, second: Overload): boolean =>
    first.to === undefined &&
    first.params.length === second.params.length &&
    first.params.every((parameter, index) => {
      const other = second.params[index];
      return other !== undefined && width(other) !== -1 && width(parameter) > width(other);
    });
  for (const { name, overloads } of catalog) {
    const hidden = overloads.filter((each, index) => overloads.slice(0, index).some((other) => hides(other, each)));
    expect(hidden, name).toEqual([]);
  }
});

it("templates use no argument that the overload lacks", () => {
  for (const { name, overloads } of catalog) {
    for (const { params, variadic, render } of overloads) {
      for (const text of Object.values(render)) {
        if (typeof text === "function") continue;
        const used = [...(typeof text === "string" ? text : text.text).matchAll(/\{[~^=]?(\d+)/g)].map(([, at]) =>
          Number(at),
        );
        expect(Math.max(-1, ...used), name).toBeLessThan(variadic ? 9 : Math.max(params.length, 1));
      }
    }
  }
});
