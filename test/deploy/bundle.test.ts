import { expect, it } from "vitest";
import { type Bundle, bundleText, readBundle } from "../../src/deploy/deployment-record.ts";
import { tableFacts } from "../../src/deploy/table-facts.ts";
import { exampleProgram, programOf } from "../codegen/support/compile.ts";
import { exampleObjects } from "./support.ts";

it("reads a bundle as it was written", () => {
  const [project, environment, objects] = ["olist", "prod", exampleObjects()];
  const bundle: Bundle = { version: 1, project, environment, objects, tables: tableFacts(exampleProgram()) };
  expect(readBundle(bundleText(bundle))).toEqual(bundle);
});

it("normalizes bodies that an earlier medalc wrote", () => {
  const view = {
    service: "synapse",
    kind: "view",
    name: "gold.t",
    needs: [],
    tables: ["gold.t"],
    file: "v.sql",
  } as const;
  const bundle: Bundle = {
    version: 1,
    project: "p",
    environment: "dev",
    objects: [{ ...view, body: { text: "CREATE VIEW [gold].[t] AS SELECT 1 AS [a] \r\n" } }],
    tables: [],
  };
  const text = "CREATE OR ALTER VIEW [gold].[t] AS SELECT 1 AS [a];\n";
  expect(readBundle(bundleText(bundle))?.objects).toEqual([{ ...view, body: { text } }]);
});

it("rejects what is not a bundle of this version", () => {
  expect(readBundle("")).toBeUndefined();
  expect(readBundle("{")).toBeUndefined();
  expect(readBundle('{"version":2,"objects":[],"tables":[]}')).toBeUndefined();
});

const shop = (body: string) => `
  project shop { lake = adls { account: "shoplake", container: "lake" } }
  source files = http { base_url: "https://example.com/" }
  bronze t from files.csv("t.csv") { a: string, b: int?, key a }
  ${body}
`;

it("table facts cover what determines rows, not comments or source positions", () => {
  const [bronze, silver] = tableFacts(programOf(shop('silver t { from bronze.t  where a != "x"  key a }')));
  expect(bronze).toMatchObject({
    name: "bronze.t",
    columns: [
      { name: "a", type: "string" },
      { name: "b", type: "int?" },
    ],
    keys: [["a"]],
    reads: [],
  });
  expect(silver).toMatchObject({ name: "silver.t", keys: [["a"]], reads: ["bronze.t"] });
  const described = tableFacts(
    programOf(shop('/// Words.\n\n  silver t {\n from bronze.t\n where a != "x"\n key a }')),
  );
  expect(described[1]).toEqual(silver);
  const other = tableFacts(programOf(shop('silver t { from bronze.t  where a != "y"  key a }')));
  expect(other[1]?.definition).not.toBe(silver?.definition);
});
