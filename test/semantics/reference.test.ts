/** Every code block of the language reference and of the pages that build on it compiles. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { root } from "../support/paths.ts";
import { memoryHost, SHOP } from "./checking.ts";

const [project = "", ...shop] = SHOP.split("\n");

const pages = [...readdirSync(`${root}/docs/language`).map((name) => `language/${name}`), "time.md"];
const blocks = pages.flatMap((name) => {
  const text = readFileSync(`${root}/docs/${name}`, "utf8");
  return [...text.matchAll(/```medal\n([\s\S]*?)```/g)].map((match, at) => [name, at + 1, match[1] ?? ""] as const);
});

it.each(blocks)("%s, block %i compiles", (_, __, text) => {
  const own = /^project /m.test(text);
  const file = [...(own ? [] : [project, ...shop]), text].join("\n");
  const errors = check(memoryHost({ "doc.medal": file }), ["doc.medal"]).diagnostics.filter(
    (each) => each.severity === "error",
  );
  expect(errors.map((each) => `${each.code}: ${each.message}`)).toEqual([]);
});
