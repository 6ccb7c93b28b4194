import fc from "fast-check";
import { expect, it } from "vitest";
import { viewMark } from "../../src/codegen/shared/serving-views.ts";
import { propertiesOf } from "../../src/deploy/json.ts";
import { normalView, projectOfView } from "../../src/deploy/normalize/synapse.ts";
import { isGround, isOurs, markOf } from "../../src/deploy/ownership.ts";

it("a view's mark says the project whatever its name is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (project) => {
      fc.pre(viewMark(project) !== "-- medalc: project");
      const view = `CREATE VIEW [gold].[t] AS\n${viewMark(project)}\nSELECT 1 AS [a];\n`;
      const body = propertiesOf(normalView(view));
      expect(projectOfView(String(body.text))).toBe(markOf("synapse", project));
    }),
  );
});

it("an object is ours only with our project's mark", () => {
  const object = { service: "databricks", kind: "job", name: "j", body: {}, needs: [] } as const;
  expect(isOurs({ ...object, project: "Sao_Paulo" }, "São Paulo")).toBe(true);
  expect(isOurs({ ...object, service: "adf", kind: "pipeline", project: "Sao_Paulo" }, "São Paulo")).toBe(false);
  expect(isOurs({ ...object, project: undefined }, "shop")).toBe(false);
});

it("nothing that holds data or that others may stand on is destroyed", () => {
  expect(isGround({ kind: "container" })).toBe(true);
  expect(isGround({ kind: "factory" })).toBe(true);
  expect(isGround({ kind: "view" })).toBe(false);
});
