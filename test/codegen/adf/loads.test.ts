import { expect, it } from "vitest";
import { expectGolden } from "../../support/golden.ts";
import { contextOf, programOf } from "../support/compile.ts";
import { strictProblems, templateProblems } from "./judges.ts";
import { LOADS } from "./loads.ts";
import { runOrder, structureProblems } from "./structure.ts";
import { emitted, fileNamed, gitObjects } from "./support.ts";

const files = emitted(programOf(LOADS), contextOf({}));
const objects = gitObjects(files);

it("emits the files of a program with all load modes", () => {
  for (const { path, text } of files.filter(({ path }) => path.startsWith("adf/pipeline/"))) {
    expectGolden(`loads/${path}`, text);
  }
});

it("emits objects that fit together and that Microsoft's schemas accept", () => {
  expect(structureProblems(objects)).toEqual([]);
  expect(objects.flatMap(strictProblems)).toEqual([]);
  expect(templateProblems(JSON.parse(fileNamed(files, "adf/arm/template.json")))).toEqual([]);
});

it("builds the tables when all loads are there", () => {
  const before = runOrder(objects, "pl_shop").before("tables");
  expect([...before].sort()).toEqual(
    programOf(LOADS)
      .bronze.map(({ name }) => `bronze.${name}`)
      .sort(),
  );
});
