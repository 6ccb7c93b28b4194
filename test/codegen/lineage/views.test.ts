import { expect, it } from "vitest";
import { columnLineage } from "../../../src/codegen/lineage/graph.ts";
import { neighboursIn, reach } from "../../../src/codegen/lineage/neighbours.ts";
import { dotText } from "../../../src/codegen/lineage/views/dot.ts";
import { type Drawing, lineageDrawing, tableDrawing } from "../../../src/codegen/lineage/views/drawing.ts";
import { htmlPage } from "../../../src/codegen/lineage/views/html.ts";
import { mermaidText } from "../../../src/codegen/lineage/views/mermaid.ts";
import { treeText } from "../../../src/codegen/lineage/views/tree.ts";
import { planOf } from "../../support/compile.ts";
import { expectGolden } from "../../support/golden.ts";

const HOSTILE =
  '</text><script>alert(1)</script>"]; click t0 "javascript:alert(1)" %% `x` #quot; \\" \u2028\n--> <!-- &lt;';

const hostile: Drawing = {
  title: HOSTILE,
  boxes: [
    { label: HOSTILE, layer: "bronze", rows: [HOSTILE, "b"] },
    { label: "gold.x", layer: "gold", rows: [] },
  ],
  arrows: [{ from: { box: 0, row: 0 }, to: { box: 1 }, label: "copied" }],
};

it("a tree shows the children of a node once, and supports deep graphs", () => {
  const edges: Readonly<Record<string, readonly string[]>> = { a: ["b", "c"], b: ["d"], c: ["d", "e"], d: ["f"] };
  const node = (key: string) => ({ key, label: key });
  expect(treeText([node("a")], ({ key }) => (edges[key] ?? []).map(node))).toBe(
    "a\n├─ b\n│  └─ d\n│     └─ f\n└─ c\n   ├─ d  (above)\n   └─ e\n",
  );
  const deep = treeText([node("0")], ({ key }) => (Number(key) < 2_000 ? [node(String(Number(key) + 1))] : []));
  expect(deep.split("\n").length).toBe(2_002);
  // 2^40 paths, 81 lines.
  const wide = treeText([node("0")], ({ key }) =>
    Number(key) < 40 ? [1, 1].map((step) => node(String(Number(key) + step))) : [],
  );
  expect(wide.split("\n").length).toBeLessThan(100);
});

it("names are escaped in an HTML page", () => {
  const page = htmlPage(hostile);
  expect(page.match(/<script/g)?.length).toBe(1);
  expect(page.match(/<\/script>/g)?.length).toBe(1);
  expect(page).not.toContain("alert(1)</script>");
  expect(page).toContain("&lt;/text&gt;&lt;script&gt;alert(1)");
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg")/);
  expect(page).toContain("default-src 'none'");
});

it("names are escaped in a Mermaid chart and a Graphviz graph", () => {
  const chart = mermaidText(hostile);
  expect(chart.split("\n")).toHaveLength(12);
  for (const label of chart.match(/\["(.*)"\]/g) ?? []) expect(label.slice(2, -2)).not.toMatch(/["<>`[\]\\]/);
  expect(dotText(hostile).split("\n").length).toBe(11);
  expect(dotText(hostile)).toContain('\\"]; click t0 \\"javascript');
});

it("arrows of a page go from left to right for any graph", () => {
  const page = htmlPage(tableDrawing("t", columnLineage(planOf(LADDER))));
  const paths = [...page.matchAll(/ d="M([\d.]+),[\d.]+C.* ([\d.]+),[\d.]+"/g)];
  expect(paths.length).toBe(4);
  for (const [, from, to] of paths) expect(Number(from)).toBeLessThan(Number(to));
});

const LADDER = `project p { lake = adls { account: "a", container: "c" } }
source files = file { path: "in" }
bronze raw from files.csv("raw.csv") { id: int, name: string @pii, amount: decimal(10,2) }
silver kept { from bronze.raw where amount > 0.00 }
gold totals {
  from silver.kept as k
  join many bronze.raw as r on r.id == k.id
  group by k.name { people = count_distinct(r.name) }
}
`;

it("draws columns and the columns that depend on them", () => {
  const graph = columnLineage(planOf(LADDER));
  const drawn = (direction: "upstream" | "downstream", relation: string, column: string) => {
    const reached = reach([{ relation, column }], neighboursIn(graph, direction), direction);
    return mermaidText(lineageDrawing(`${relation}.${column}`, reached, graph));
  };
  expectGolden("lineage/upstream.mmd", drawn("upstream", "gold.totals", "people"));
  expectGolden("lineage/downstream.mmd", drawn("downstream", "bronze.raw", "amount"));
  expectGolden("lineage/tables.html", htmlPage(tableDrawing("Tables of p", graph)));
  expectGolden("lineage/tables.dot", dotText(tableDrawing("Tables of p", graph)));
});
