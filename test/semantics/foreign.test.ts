/** What people write who come from SQL: one mistake each, and the hint or the fix says how it is written here. */
import { expect, it } from "vitest";
import { findFunction } from "../../src/functions/catalog.ts";
import { renamedFunction } from "../../src/functions/foreign.ts";
import { checkShop, errorsOf, SHOP } from "./checking.ts";

const inItems = (step: string): string => `silver t {\n  from bronze.items\n  ${step}\n}\n`;

const CLOCK = "There is no clock";
const COALESCE = "`a ?? b`";
const LATEST = "`distinct on KEY latest by …`";
const JOINS = "The joins are `join` and `left join`, each with `one` or `many`.";

it.each([
  [
    "derive { a = case when item > 1 then 1 else 2 end }",
    "unexpected-token: case",
    "`match { a > 1 => 1, else => 2 }`",
  ],
  ["derive {\n a = case item\n when 1 then 1\n else 2\n end\n b = 1 }", "unexpected-token: case", "`match {"],
  ["where case when item > 1 then true else false end", "unexpected-token: case", "`match {"],
  ["group { n = count(*) }", "unexpected-token: *", "`count()`"],
  ["group { n = count(distinct product) }", "unexpected-token: product", "`count_distinct(x)`"],
  ["select { * }", "unexpected-token: *", "Without `select` every column stays"],
  ["select *", "unexpected-token: *", "Without `select` every column stays"],
  ["select product, item", "unexpected-token: product", "`select { a, b }`"],
  ['where product in ("a", "b")', "unexpected-token: (", "`in [1, 2]`"],
  ['where product like "a%"', "unexpected-token: like", "`starts_with(x, …)`"],
  ['where product not like "a%"', "unexpected-token: like", "`contains(x, …)`"],
  ["derive { a = item > 1 ? 1 : 2 }", "unexpected-token: ?", "`if(condition, a, b)`"],
  ["derive { a = row_number() over (partition by order_id) }", "unexpected-token: over", LATEST],
  ["derive { a = row_number() }", "unknown-function: row_number", LATEST],
  ["derive { a = cast(item as int) }", "unknown-function: cast", "`x as int`"],
  ['derive { a = nvl(note, "") }', "unknown-function: nvl", COALESCE],
  ['derive { a = isnull(note, "") }', "unknown-function: isnull", COALESCE],
  ['derive { a = IFNULL(note, "") }', "unknown-function: IFNULL", COALESCE],
  ["derive { a = now() }", "unknown-function: now", CLOCK],
  ["derive { a = current_date }", "unknown-column: current_date", CLOCK],
  ["derive { a = len(product) }", "unknown-function: len", "`length`"],
  ["expect item > 0", "unexpected-token: item", '`expect "costs something": amount > 0`'],
  ["union bronze.orders", "unexpected-token: union", "There is no step `union`; the steps are from, where, "],
  ["cross join bronze.orders as o", "unexpected-token: cross", JOINS],
  ['derive { a = product || "y" }', "foreign-syntax: ||", "Conditions are joined with `or`."],
  ['derive { a = product + "b" }', 'argument-types: product + "b"', "texts are joined with `&`"],
])("%s", (step, error, hint) => {
  expect(errorsOf(inItems(step))).toEqual([error]);
  expect(checkShop(inItems(step)).diagnostics.find((each) => each.severity === "error")?.hint).toContain(hint);
});

it.each([
  ["from bronze.items, bronze.orders", ",", "`join one … on …`"],
  ["from bronze.items\n join one bronze.customers as c using (customer_id)", "using", "`on a.id == b.id`"],
  [
    "from bronze.orders\n left outer join one bronze.customers as c on c.customer_id == orders.customer_id",
    "outer",
    "`left join one`",
  ],
])("%s", (steps, found, hint) => {
  const text = `silver t { ${steps} }`;
  expect(errorsOf(text)).toEqual([`unexpected-token: ${found}`]);
  expect(checkShop(text).diagnostics[0]?.hint).toContain(hint);
});

it("`||` between what is no text is `or`, and the hint speaks of texts too", () => {
  const found = checkShop(inItems("where item > 1 || item < 0")).diagnostics[0];
  expect(found?.message).toBe("`||` is written `or` in Medal");
  expect(found?.hint).toBe("Texts are joined with `&`.");
});

it.each([
  ["select { order_id as id, item }", "select { id = order_id, item }"],
  ["group by order_id as id { sum(price) as total }", "group by id = order_id { total = sum(price) }"],
  ["derive { a = cast(item as long) }", "derive { a = (item as long) }"],
  ['derive { a = product || "y" }', 'derive { a = product & "y" }'],
])("the fixes make %s into %s", (before, after) => {
  const text = SHOP + inItems(before);
  const edits = checkShop(inItems(before)).diagnostics.flatMap((each) => each.fix?.edits ?? []);
  const fixed = edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((left, { span, text: put }) => left.slice(0, span.start) + put + left.slice(span.end), text);
  expect(fixed).toBe(SHOP + inItems(after));
  expect(errorsOf(inItems(after))).toEqual([]);
});

it("`value as name` is told once, and the name is known from there on", () => {
  expect(errorsOf(inItems('select { order_id as id, price * 2 as twice }\n where id != "" and twice > 0'))).toEqual([
    "unnamed-column: order_id as id",
    "unnamed-column: price * 2 as twice",
  ]);
});

it("a cast without a name stays a matter of the name alone", () => {
  const found = checkShop(inItems("select { item as long }")).diagnostics.filter((each) => each.severity === "error");
  expect(found.map((each) => [each.code, each.hint])).toEqual([["unnamed-column", "Write `name = expression`."]]);
});

it.each([
  ["silver t {\n FROM bronze.items\n}", ["unexpected-token: FROM"]],
  ["silver t {\n SELECT order_id\n FROM bronze.items\n}", ["unexpected-token: SELECT", "unexpected-token: FROM"]],
  ["silver t { select order_id from bronze.items }", ["unexpected-token: order_id"]],
  ["silver t as select", ["unexpected-token: as"]],
  ["silver t { where item > 1 where item > }", ["missing-from: where item > 1", "unexpected-token: }"]],
])("of a table that does not begin as it should the first mistake is told: %s", (text, errors) => {
  expect(errorsOf(text)).toEqual(errors);
});

it("columns and functions may be called as the operators of other languages", () => {
  const text = `bronze b from files.csv("b.csv") { case: int, like: int, over: int, using: int, end: int }
silver t { from bronze.b where case > like derive { a = over + using, when = end } sort case }`;
  expect(errorsOf(text)).toEqual([]);
});

it("what another language calls differently is a function here", () => {
  for (const name of ["len", "substr", "ceiling", "iif", "stddev", "variance", "to_char", "datediff", "pow", "mean"]) {
    expect(findFunction(renamedFunction(name) ?? "")).toBeDefined();
    expect(findFunction(name)).toBeUndefined();
  }
});
