import { expect, it } from "vitest";
import { catalog } from "../../src/functions/catalog.ts";
import type { Overload, ParameterType } from "../../src/functions/entry.ts";
import { signature } from "../../src/functions/signature.ts";
import { cases } from "./cases.ts";

it("every overload of every entry is reached by a vector", () => {
  const reached = new Set(cases.map(({ fn, overload }) => `${fn} ${overload}`));
  const missing = catalog
    .filter(({ name }) => name !== "widen")
    .flatMap((entry) => entry.overloads.map((each, index) => ({ entry, each, index })))
    .filter(({ entry, index }) => !reached.has(`${entry.name} ${index}`))
    .map(({ entry, each }) => signature(entry, each));
  expect(missing).toEqual([]);
});

it("names are unique, and those of functions can be written in a program", () => {
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

it("aggregates say what duplicates do to them, and only they", () => {
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

it("templates name no argument that the overload lacks", () => {
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
