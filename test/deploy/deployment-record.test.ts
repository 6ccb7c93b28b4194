import { expect, it } from "vitest";
import type { Bundle } from "../../src/deploy/deployment-record.ts";
import { standingBundle } from "../../src/deploy/incomplete-deployment.ts";
import { type DesiredObject, keyOf } from "../../src/deploy/object.ts";
import type { TableFacts } from "../../src/deploy/table-facts.ts";
import { deployed } from "./support.ts";

function notebook(table: string, text: string): DesiredObject {
  const name = `/n/${table}`;
  return { service: "databricks", kind: "notebook", name, body: { text }, needs: [], tables: [table], file: "" };
}

function facts(name: string, definition: string): TableFacts {
  return { name, columns: [], keys: [], reads: [], definition };
}

function bundleOf(text: string, ...names: readonly string[]): Bundle {
  const objects = names.map((name) => notebook(name, text));
  const tables = names.map((name) => facts(name, text));
  return { version: 1, project: "shop", environment: "prod", objects, tables };
}

const said = ({ objects, tables }: Bundle) => ({
  objects: Object.fromEntries(objects.map((each) => [keyOf(each).slice("databricks/notebook//n/".length), each.body])),
  tables: Object.fromEntries(tables.map(({ name, definition }) => [name, definition])),
});

it("keeps the last version of each object, with the facts of its tables", () => {
  const last = bundleOf("old", "gold.a", "gold.b", "gold.gone", "gold.later");
  const begun = bundleOf("new", "gold.a", "gold.b", "gold.c", "gold.d");
  const actual = deployed([
    notebook("gold.a", "new"),
    notebook("gold.b", "old"),
    notebook("gold.c", "new"),
    notebook("gold.later", "old"),
  ]);
  expect(said(standingBundle(last, begun, actual))).toEqual({
    objects: {
      "gold.a": { text: "new" },
      "gold.b": { text: "old" },
      "gold.c": { text: "new" },
      "gold.later": { text: "old" },
    },
    tables: { "gold.a": "new", "gold.b": "old", "gold.c": "new", "gold.gone": "old", "gold.later": "old" },
  });
});

it("keeps the deployed version of an object that was changed or removed manually", () => {
  const last = bundleOf("old", "gold.a", "gold.b");
  const standing = standingBundle(last, bundleOf("new", "gold.a", "gold.b"), deployed([notebook("gold.a", "by hand")]));
  expect(said(standing).objects).toEqual({ "gold.a": { text: "old" }, "gold.b": { text: "old" } });
});

it("contains the result of a first deployment", () => {
  const begun = bundleOf("new", "gold.a", "gold.b");
  const standing = standingBundle(undefined, begun, deployed([notebook("gold.a", "new")]));
  expect(said(standing)).toEqual({ objects: { "gold.a": { text: "new" } }, tables: { "gold.a": "new" } });
});
