import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { generate, SAMPLE } from "../../examples/data/generate.ts";
import { createClasses, createShuffle } from "../../examples/data/generator/random.ts";
import { tablesOf } from "../../examples/data/generator/tables.ts";
import { createWorld } from "../../examples/data/generator/world.ts";

interface Dirt {
  readonly table: string;
  readonly file: string;
  readonly kind: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly count: number;
  readonly places: readonly { readonly line: number; readonly key: string }[];
}

const inventory: { readonly files: readonly { readonly rows: number }[]; readonly dirt: readonly Dirt[] } = JSON.parse(
  readFileSync(join(SAMPLE.out, "dirt.json"), "utf8"),
);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "medal-data-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function filesBelow(folder: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length), readFileSync(path)]));
}

function expected(name: string): readonly Readonly<Record<string, string | number | boolean | null>>[] {
  const text = readFileSync(join(SAMPLE.out, "expected", `${name}.jsonl`), "utf8");
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
}

it("generates the embedded sample again, byte by byte", () => {
  const out = temporaryFolder();
  generate({ ...SAMPLE, out });
  const made = filesBelow(out);
  const kept = filesBelow(SAMPLE.out);
  expect([...made.keys()]).toEqual([...kept.keys()]);
  for (const [path, bytes] of made) expect(kept.get(path)?.equals(bytes), `${path} is the same`).toBe(true);
});

it("generates other data for another seed, and no answers if not requested", () => {
  const out = temporaryFolder();
  generate({ scale: 0.001, seed: 2, out, expected: false });
  expect(readdirSync(out).sort()).toEqual(["catalog", "dirt.json", "erp", "http"]);
  const orders = "http/olist_orders_dataset.csv";
  expect(readFileSync(join(out, orders), "utf8").slice(0, 1000)).not.toBe(
    readFileSync(join(SAMPLE.out, orders), "utf8").slice(0, 1000),
  );
});

it("has Olist's shape at scale 1", () => {
  expect(createWorld(1, 1).counts).toEqual({
    orders: 99_441,
    orderItems: 112_650,
    payments: 103_886,
    reviews: 99_224,
    products: 32_951,
    sellers: 3_095,
    geolocations: 1_000_163,
    zipCodes: 19_015,
  });
});

it.each([0.0001, 0.001, 0.0013, 0.005, 0.02])(
  "makes as many rows as the counts say, except twins, at scale %f",
  (scale) => {
    const world = createWorld(scale, 7);
    const { orders, orderItems, payments, reviews, products, sellers, geolocations } = world.counts;
    const clean = tablesOf(world).map((table) => {
      const twins = new Set(["duplicate", "duplicate-in-other-words"]);
      const rows = Array.from(table.rows()).filter((row) => !row.dirt.some((kind) => twins.has(kind)));
      return table.name === "geolocation" ? geolocations : rows.length;
    });
    expect(clean).toEqual([orders, orders, orderItems, payments, reviews, products, sellers, geolocations, 71]);
  },
);

it("shows every kind of dirt in the sample", () => {
  expect(inventory.dirt.filter((entry) => entry.count === 0)).toEqual([]);
  expect(inventory.dirt.length).toBeGreaterThan(80);
});

it("records the lines where the dirt starts", () => {
  const lines = new Map<string, readonly string[]>();
  for (const { file } of inventory.dirt) lines.set(file, readFileSync(join(SAMPLE.out, file), "utf8").split("\n"));
  const keyless = new Set([
    "orders two-mistakes",
    "reviews two-mistakes",
    "products missing-id",
    "order_items unknown-order",
  ]);
  for (const { table, file, kind, places } of inventory.dirt) {
    if (keyless.has(`${table} ${kind}`)) continue;
    for (const { line, key } of places)
      expect(lines.get(file)?.[line - 1], `${kind} in ${file}`).toContain(key.split("/")[0]);
  }
});

it("rejects as many rows for each reason as there are rows with such dirt", () => {
  const summary = expected("summary");
  const found = new Map<string, number>();
  for (const { table, quarantined } of summary) {
    if (quarantined === null) continue;
    for (const { source, reason } of expected(`quarantine.${table}`)) {
      const kind = `${source}: ${reason}`;
      found.set(kind, (found.get(kind) ?? 0) + 1);
    }
  }
  const strewn = new Map<string, number>();
  for (const { table, outcome, reason, count } of inventory.dirt) {
    if (outcome !== "rejected" && outcome !== "quarantined") continue;
    const kind = `${outcome === "rejected" ? "bronze" : "silver"}.${table}: ${reason}`;
    strewn.set(kind, (strewn.get(kind) ?? 0) + count);
  }
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(strewn));
});

it("tests every rule of the program in the sample", () => {
  const orders = expected("silver.orders");
  for (const isLate of [true, false, null]) expect(orders.some((row) => row.is_late === isLate)).toBe(true);
  expect(orders.some((row) => row.delivery_days === 0)).toBe(true);
  expect(new Set(orders.map((row) => row.status)).size).toBe(8);

  const lines = expected("gold.order_lines");
  expect(lines.some((row) => row.region === "unknown")).toBe(true);
  expect(lines.some((row) => row.category === "unknown")).toBe(true);
  expect(lines.some((row) => row.seller_state === null)).toBe(true);
  expect(new Set(lines.map((row) => row.status))).toContain("canceled");
  expect(new Set(lines.map((row) => row.status))).toContain("unavailable");

  const known = new Set(orders.map((row) => row.order_id));
  expect(expected("silver.order_items").some((row) => !known.has(row.order_id ?? ""))).toBe(true);
  const rejected = new Set(["delivered-before-bought", "two-mistakes"]);
  const quarantined = inventory.dirt.filter((entry) => entry.table === "orders" && rejected.has(entry.kind));
  const keys = quarantined.flatMap((entry) => entry.places.map((place) => place.key));
  expect(expected("silver.order_items").some((row) => keys.includes(String(row.order_id)))).toBe(true);

  const products = expected("silver.products");
  const categories = new Set(products.map((row) => row.category));
  for (const category of ["unknown", "", "computadores_gamer", "cozinha_portatil", "elevadores_de_carga"]) {
    expect(categories).toContain(category);
  }
  expect(products.some((row) => row.volume_cm3 === null && row.photos === 0)).toBe(true);

  const payments = expected("gold.order_payments");
  expect(payments.some((row) => row.paid_by_card === null)).toBe(true);
  expect(payments.some((row) => Number(row.parts) > 2)).toBe(true);
  const sold = expected("gold.orders");
  expect(sold.some((row) => row.paid === "0.00")).toBe(true);
  expect(sold.some((row) => row.difference !== "0.00")).toBe(true);

  const customers = expected("gold.customers");
  expect(new Set(customers.map((row) => row.segment))).toEqual(new Set(["gold", "silver", "bronze"]));
  expect(customers.some((row) => row.is_returning === true && Number(row.cities) > 1)).toBe(true);

  const hours = expected("silver.reviews").map((row) => row.answer_hours);
  for (const hour of [0, -1]) expect(hours).toContain(hour);
  expect(expected("gold.top_sellers")).toHaveLength(10);
  expect(expected("summary").some((row) => JSON.stringify(row.warned) === '{"paid something":1}')).toBe(true);
});

it("keeps the later of two reviews with the same id", () => {
  const repeated = inventory.dirt.find((entry) => entry.kind === "repeated-review-id");
  const ids = expected("silver.reviews").map((row) => row.review_id);
  expect(repeated?.count).toBeGreaterThan(2);
  expect(new Set(ids).size).toBe(ids.length);
});

it("permutes the rows, and fills each class exactly", () => {
  for (const count of [1, 2, 15, 100, 994]) {
    const shuffle = createShuffle(3, "test", count);
    const places = Array.from({ length: count }, (_, row) => shuffle(row)).sort((a, b) => a - b);
    expect(places).toEqual(Array.from({ length: count }, (_, place) => place));
  }
  const classOf = createClasses(3, "test", 100, [
    ["few", 3],
    ["more", 20],
  ]);
  const classes = Array.from({ length: 100 }, (_, row) => classOf(row));
  expect(classes.filter((name) => name === "few")).toHaveLength(3);
  expect(classes.filter((name) => name === "more")).toHaveLength(20);
});
