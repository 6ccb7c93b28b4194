import fc from "fast-check";
import { expect, it } from "vitest";
import { projectInMark } from "../../src/codegen/shared/serving-views.ts";
import { propertiesOf } from "../../src/deploy/json.ts";
import { normalView, ownerOfView } from "../../src/deploy/normalize/synapse.ts";
import { isGround, isOurs, markOf } from "../../src/deploy/ownership.ts";

it("a view's ownership mark names the project, whatever its name is, and the environment", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (project) => {
      const name = projectInMark(project);
      fc.pre(name !== "");
      const view = `CREATE VIEW [gold].[t] AS\n-- medalc: project ${name}, environment dev\nSELECT 1 AS [a];\n`;
      const body = propertiesOf(normalView(view));
      expect(ownerOfView(String(body.text))).toEqual({ project: markOf("synapse", project), environment: "dev" });
    }),
  );
});

it("an object is owned only with the mark of this project and environment", () => {
  const object = { service: "databricks", kind: "job", name: "j", body: {}, needs: [] } as const;
  const owner = { project: "São Paulo", environment: "prod-1" };
  expect(isOurs({ ...object, project: "Sao_Paulo", environment: "prod_1" }, owner)).toBe(true);
  expect(isOurs({ ...object, project: "Sao_Paulo", environment: "dev" }, owner)).toBe(false);
  expect(isOurs({ ...object, project: "Sao_Paulo" }, owner)).toBe(true);
  expect(isOurs({ ...object, service: "adf", kind: "pipeline", project: "Sao_Paulo" }, owner)).toBe(false);
  expect(isOurs({ ...object, project: undefined }, { project: "shop", environment: "prod" })).toBe(false);
});

it("nothing that contains data or that others may depend on is destroyed", () => {
  expect(isGround({ kind: "container" })).toBe(true);
  expect(isGround({ kind: "factory" })).toBe(true);
  expect(isGround({ kind: "view" })).toBe(false);
});
