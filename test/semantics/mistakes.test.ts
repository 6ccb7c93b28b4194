/** The programs of `examples/mistakes`: each has errors exactly at its `// error:` comments. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { renderText } from "../../src/diagnostics/render-text.ts";
import { positionAt } from "../../src/source.ts";
import { expectGolden } from "../support/golden.ts";
import { root } from "../support/paths.ts";
import { memoryHost } from "./checking.ts";

const names = readdirSync(`${root}/examples/mistakes`).filter((name) => name.endsWith(".medal"));

it.each(names)("%s is refused where its comments say", (name) => {
  const text = readFileSync(`${root}/examples/mistakes/${name}`, "utf8");
  const result = check(memoryHost({ [name]: text }), [name]);
  const errors = result.diagnostics.filter((each) => each.severity === "error");
  const file = { path: name, text };
  const found = errors.map((each) => `${positionAt(file, each.span.start).line}: ${each.code}`);
  const expected = text.split("\n").flatMap((line, at) => {
    const codes = /\/\/ error: (.+)$/.exec(line)?.[1] ?? "";
    return codes === "" ? [] : codes.split(", ").map((code) => `${at + 1}: ${code}`);
  });
  expect(expected).not.toEqual([]);
  expect(found).toEqual(expected);
  expectGolden(
    `mistakes/${name.replace(/\.medal$/, ".txt")}`,
    renderText(result.diagnostics, result.sources, { color: false, width: 120 }),
  );
});
