import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { changedSince } from "../../src/cli/changed-since.ts";
import { type ChangedSince, selectTables } from "../../src/cli/select.ts";
import { planOf } from "../support/compile.ts";
import { temporaryFolder } from "../support/io.ts";

const TEXT = `project shop {
  lake = adls { account: "shop", container: "shop" }
}
source web = http { base_url: "https://shop.example/" }
bronze orders from web.csv("orders.csv") {
  id: int
  customer: string @pii
  amount: decimal(10,2) @unit("EUR")
}
bronze visits from web.csv("visits.csv") {
  id: int
}
silver orders {
  from bronze.orders
  distinct
}
silver visits {
  from bronze.visits
  distinct
}
gold totals {
  from silver.orders
  group by customer { total = sum(amount) }
}
`;
const program = planOf(TEXT);

const nothingChanged: ChangedSince = () => ({ tables: new Set(), diagnostics: [] });

function selected(...selectors: string[]): readonly string[] {
  const { tables, diagnostics } = selectTables(program, selectors, nothingChanged);
  expect(diagnostics).toEqual([]);
  return [...tables].sort();
}

it("a name selects a table, without a layer those of every layer", () => {
  expect(selected("gold.totals")).toEqual(["gold.totals"]);
  expect(selected("orders")).toEqual(["bronze.orders", "silver.orders"]);
});

it("several selectors are combined", () => {
  expect(selected("gold.totals", "silver.visits")).toEqual(["gold.totals", "silver.visits"]);
});

it("a plus adds everything upstream or downstream", () => {
  expect(selected("+totals")).toEqual(["bronze.orders", "gold.totals", "silver.orders"]);
  expect(selected("bronze.orders+")).toEqual(["bronze.orders", "gold.totals", "silver.orders"]);
  expect(selected("+silver.orders+")).toEqual(["bronze.orders", "gold.totals", "silver.orders"]);
});

it("a tag selects tables with a column that has it, also if inherited", () => {
  expect(selected("tag:pii")).toEqual(["bronze.orders", "gold.totals", "silver.orders"]);
  expect(selected("tag:unit")).toContain("silver.orders");
  expect(selected('tag:unit("EUR")')).toContain("silver.orders");
});

it("nothing-selected: each selector has to match", () => {
  const { tables, diagnostics } = selectTables(program, ["gold.total+", "visits"], nothingChanged);
  expect([...tables]).toEqual(["bronze.visits", "silver.visits"]);
  expect(diagnostics).toMatchObject([
    { code: "nothing-selected", message: "gold.total matches no table", hint: "Did you mean `gold.totals`?" },
  ]);
});

function repository(text: string): string {
  const folder = temporaryFolder({ "main.medal": text });
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: folder, stdio: "pipe" });
  git("init", "-q");
  git("add", ".");
  git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "first");
  return folder;
}

it("changed: selects tables whose meaning changed, not only their text", () => {
  const folder = repository(TEXT);
  const now = TEXT.replace("gold totals", "/// Per customer.\n\n  gold totals").replace(
    "bronze visits",
    "bronze  visits",
  );
  const changed = planOf(now.replace("visits\n  distinct", "visits\n  where id > 0"));
  const { tables, diagnostics } = changedSince(changed, ["main.medal"], folder)("HEAD");
  expect(diagnostics).toEqual([]);
  expect([...tables]).toEqual(["silver.visits"]);
});

it("changed: selects everything if the file did not exist", () => {
  const folder = repository(TEXT);
  writeFileSync(`${folder}/other.medal`, TEXT);
  expect(changedSince(program, ["other.medal"], folder)("HEAD").tables.size).toBe(5);
});

it("unknown-revision: unknown to git, or its program has errors", () => {
  expect(changedSince(program, ["main.medal"], repository(TEXT))("nowhere").diagnostics).toMatchObject([
    { code: "unknown-revision", message: "git cannot compare with nowhere: it is not a revision of this repository" },
  ]);
  expect(changedSince(program, ["main.medal"], repository("gold"))("HEAD").diagnostics).toMatchObject([
    { message: "git cannot compare with HEAD: the program has errors at this revision" },
  ]);
  expect(changedSince(program, ["main.medal"], temporaryFolder())("HEAD").diagnostics).toMatchObject([
    { code: "unknown-revision" },
  ]);
});
