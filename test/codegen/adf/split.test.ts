import fc from "fast-check";
import { expect, it } from "vitest";
import { fitted, type Step, withoutImplied } from "../../../src/codegen/adf/steps.ts";
import { programOf } from "../support/compile.ts";
import { strictProblems, templateProblems } from "./judges.ts";
import { activitiesOf, pipelinesOf, runOrder, structureProblems } from "./structure.ts";
import { emitted, gitObjects } from "./support.ts";

const project = `project shop {
  lake    = adls { account: "shoplake", container: "lake" }
  ingest  = datafactory { name: "shop-df" }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net", resource_id: "/subscriptions/s/w" }
  serve   = synapse { workspace: "shop", database: "shop" }
}
source web = http { base_url: "https://example.com/" }
`;

/** As many tables as said, three in five silver, some of which read others. */
function manyTables(count: number): string {
  const tables = Array.from({ length: count }, (_, index) => {
    const table = `t${index}`;
    if (index % 5 < 3) {
      const from = index % 5 === 2 ? `silver.t${index - 1}` : `bronze.b${index % 40}`;
      return `silver ${table} { from ${from} }`;
    }
    return `gold ${table} { from ${index % 5 === 3 ? `silver.t${index - 1}` : `gold.t${index - 1}`} }`;
  });
  const bronze = Array.from(
    { length: 40 },
    (_, index) => `bronze b${index} from web.csv("b${index}.csv") { id: string }`,
  );
  return [project, ...bronze, ...tables].join("\n");
}

it("runs 300 tables as one job after all sources, and splits only the views", () => {
  const program = programOf(manyTables(300));
  const files = emitted(program);
  const objects = gitObjects(files);

  expect(structureProblems(objects)).toEqual([]);
  expect(objects.flatMap(strictProblems)).toEqual([]);
  expect(pipelinesOf(objects).map(({ name }) => name)).toEqual([
    "pl_ingest_web",
    "pl_shop_views",
    "pl_shop_views_2",
    "pl_shop",
  ]);

  const order = runOrder(objects, "pl_shop");
  const earlier = order.before("tables");
  for (const { layer, name, reads } of program.tables) {
    for (const read of reads.filter((each) => each.startsWith("bronze."))) expect(earlier).toContain(read);
    if (layer === "gold") expect(order.before(`gold_${name}`)).toContain("tables");
  }
});

/** A step of a graph without activities that matter. */
function step(id: string, dependsOn: readonly string[]): Step {
  return { id, dependsOn, uses: [], from: [], activity: () => ({ name: id, type: "Wait", typeProperties: {} }) };
}

/** Steps in an order in which each follows what it waits for, in three phases. */
const graphs = fc.integer({ min: 1, max: 400 }).chain((count) =>
  fc.array(fc.array(fc.nat(count), { maxLength: 5 }), { minLength: count, maxLength: count }).map((waits) =>
    waits.map((each, index) =>
      step(
        `s${index}`,
        [...new Set(each.filter((at) => at < index))].map((at) => `s${at}`),
      ),
    ),
  ),
);

/** All that has to succeed before each step. */
function ancestors(steps: readonly Step[]): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>();
  for (const { id, dependsOn } of steps) {
    all.set(id, new Set(dependsOn.flatMap((each) => [each, ...(all.get(each) ?? [])])));
  }
  return all;
}

it("drops the waits that follow from others, and only those", () => {
  fc.assert(
    fc.property(graphs, (steps) => {
      const kept = withoutImplied(steps);
      expect(ancestors(kept)).toEqual(ancestors(steps));
      const before = ancestors(steps);
      for (const { dependsOn } of kept) {
        expect(dependsOn.filter((each) => dependsOn.some((other) => before.get(other)?.has(each)))).toEqual([]);
      }
    }),
    { numRuns: 40 },
  );
});

it("keeps the order of every graph that it cuts, and no pipeline over the limit", () => {
  fc.assert(
    fc.property(graphs, fc.nat(3), (steps, phaseCount) => {
      const size = Math.ceil(steps.length / (phaseCount + 1));
      const phases = Array.from({ length: phaseCount + 1 }, (_, index) => ({
        name: `p${index}`,
        steps: steps.slice(index * size, (index + 1) * size),
      }));
      const parts = new Map<string, readonly Step[]>();
      const top = fitted(phases, 1, ({ steps: part }) => {
        const id = `part${parts.size}`;
        parts.set(id, part);
        return step(id, []);
      });
      expect(Math.max(top.length + 1, ...[...parts.values()].map((part) => part.length))).toBeLessThanOrEqual(80);

      const before = new Map<string, ReadonlySet<string>>();
      const run = (some: readonly Step[], earlier: ReadonlySet<string>): ReadonlySet<string> => {
        const done = new Map<string, ReadonlySet<string>>();
        for (const { id, dependsOn } of some) {
          const mine = new Set([...earlier, ...dependsOn.flatMap((each) => [...(done.get(each) ?? [])])]);
          const inside = parts.get(id);
          if (!inside) before.set(id, mine);
          done.set(id, inside ? run(inside, mine) : new Set([...mine, id]));
        }
        return new Set([...done.values()].flatMap((each) => [...each]));
      };
      run(top, new Set());
      for (const { id, dependsOn } of steps) {
        for (const each of dependsOn) expect(before.get(id)?.has(each), `${id} after ${each}`).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

it("cuts parts into parts where even they are too many", () => {
  const steps = Array.from({ length: 7000 }, (_, index) => step(`s${index}`, index === 0 ? [] : [`s${index - 1}`]));
  const parts: (readonly Step[])[] = [];
  const top = fitted([{ name: "silver", steps }], 1, ({ steps: part }) => {
    parts.push(part);
    return step(`part${parts.length}`, []);
  });
  expect(top.length).toBe(2);
  expect(parts.filter((part) => part.some(({ id }) => id.startsWith("part"))).length).toBe(2);
});

it("cuts the views where their scripts fill a pipeline", () => {
  const columns = Array.from({ length: 400 }, (_, index) => `a_rather_long_name_of_a_column_${index}: string`).join(
    "\n",
  );
  const tables = Array.from({ length: 6 }, (_, index) => `gold g${index} { from bronze.wide }`).join("\n");
  const program = programOf(`${project}bronze wide from web.csv("wide.csv") {\n${columns}\n}\n${tables}`);
  const objects = gitObjects(emitted(program));
  expect(structureProblems(objects)).toEqual([]);
  const views = pipelinesOf(objects).filter(({ name }) => name.startsWith("pl_shop_views"));
  expect(views.map((pipeline) => activitiesOf(pipeline).length)).toEqual([2, 2, 2]);
});

it("cuts the tables of a source where their queries fill a pipeline", () => {
  const columns = Array.from({ length: 300 }, (_, index) => `a_rather_long_name_of_a_column_${index}: string`).join(
    "\n",
  );
  const bronze = Array.from(
    { length: 12 },
    (_, index) => `bronze w${index} from erp.table("public.w${index}") {\n${columns}\n}`,
  );
  const silver = Array.from({ length: 12 }, (_, index) => `silver w${index} { from bronze.w${index} }`);
  const program = programOf(
    [
      project,
      'secret pw = keyvault("shop-kv", "erp")',
      'source erp = postgres { host: "erp", database: "erp", user: "ingest", password: secret.pw }',
      ...bronze,
      ...silver,
    ].join("\n"),
  );
  const objects = gitObjects(emitted(program));
  expect(structureProblems(objects)).toEqual([]);
  const ingest = pipelinesOf(objects).filter(({ name }) => name.startsWith("pl_ingest_erp"));
  expect(ingest.map(({ name }) => name)).toEqual(["pl_ingest_erp", "pl_ingest_erp_2"]);
  const order = runOrder(objects, "pl_shop");
  for (const { name } of program.tables) expect(order.before("tables")).toContain(`bronze.${name}`);
});

it("cuts a template that ARM would refuse, each part standing after what it refers to", () => {
  const sources = Array.from(
    { length: 300 },
    (_, index) => `source s${index} = http { base_url: "https://${index}.example.com/" }
bronze s${index} from s${index}.csv("a.csv") { id: string }`,
  );
  const files = emitted(programOf([project, ...sources].join("\n")));
  const templates = files.filter(({ path }) => path.startsWith("adf/arm/template")).map(({ text }) => text);
  expect(templates.length).toBeGreaterThan(1);
  for (const text of templates) {
    expect(Buffer.byteLength(text)).toBeLessThan(4_000_000);
    expect(templateProblems({ ...JSON.parse(text), resources: [] })).toEqual([]);
    const { resources } = JSON.parse(text);
    const ids = new Set<string>();
    for (const { type, name, dependsOn = [] } of resources) {
      expect(dependsOn.filter((id: string) => !ids.has(id))).toEqual([]);
      const [, , kind] = type.split("/");
      ids.add(`[concat(variables('factoryId'), '/${kind}/${String(name).split("'/")[1]?.slice(0, -3)}')]`);
    }
  }
});
