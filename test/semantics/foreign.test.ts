/** SQL habits: one error for each, whose hint or fix contains the Medal syntax. */
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import type { TextEdit } from "../../src/diagnostics/diagnostic.ts";
import { catalog, findFunction } from "../../src/functions/catalog.ts";
import { renamedFunction } from "../../src/functions/foreign.ts";
import { checkShop, errorsOf, memoryHost, SHOP } from "./checking.ts";

const inItems = (step: string): string => `silver t {\n  from bronze.items\n  ${step}\n}\n`;

function withEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((left, { span, text: put }) => left.slice(0, span.start) + put + left.slice(span.end), text);
}

const CLOCK = "Functions that read the clock are not supported";
const COALESCE = "`a ?? b`";
const LATEST = "`distinct on KEY latest by …`";
const JOINS = "The joins are `join` and `left join`, each with `one` or `many`.";

it.each([
  [
    "derive { a = case when item > 1 then 1 else 2 end }",
    "unexpected-token: case",
    "`match { item > 1 => 1, else => 2 }`",
  ],
  ["derive {\n a = case item\n when 1 then 1\n else 2\n end\n b = 1 }", "unexpected-token: case", "`match {"],
  ["where case when item > 1 then true else false end", "unexpected-token: case", "`match {"],
  ["group { n = count(*) }", "unexpected-token: *", "`count()`"],
  ["group { n = count(distinct product) }", "unexpected-token: product", "`count_distinct(x)`"],
  ["select { * }", "unexpected-token: *", "Without `select` all columns are kept"],
  ["select *", "unexpected-token: *", "Without `select` all columns are kept"],
  ["select product, item", "unexpected-token: product", "`select { a, b }`"],
  ['where product in ("a", "b")', "unexpected-token: (", '`product in ["a", "b"]`'],
  ['where product like "a%"', "unexpected-token: like", "`starts_with(x, …)`"],
  ['where product not like "a%"', "unexpected-token: like", "`contains(x, …)`"],
  ["derive { a = item > 1 ? 1 : 2 }", "unexpected-token: ?", "`if(condition, a, b)`"],
  ["derive { a = row_number() over (partition by order_id) }", "unexpected-token: over", LATEST],
  ["derive { a = row_number() }", "unknown-function: row_number", LATEST],
  ["derive { a = cast(item as int) }", "unexpected-token: cast", "`(item as int)`"],
  ['derive { a = nvl(note, "") }', "unknown-function: nvl", COALESCE],
  ['derive { a = isnull(note, "") }', "unknown-function: isnull", COALESCE],
  ['derive { a = IFNULL(note, "") }', "unknown-function: IFNULL", COALESCE],
  ["derive { a = now() }", "unknown-function: now", CLOCK],
  ["derive { a = current_date }", "unknown-column: current_date", CLOCK],
  ["derive { a = len(product) }", "unknown-function: len", "`length`"],
  ["expect item > 0", "unexpected-token: item", '`expect "costs something": amount > 0`'],
  ["union bronze.orders", "unexpected-token: union", "Unknown step `union`; the steps are from, where, "],
  ["cross join bronze.orders as o", "unexpected-token: cross", JOINS],
  ['derive { a = product || "y" }', "foreign-syntax: ||", "Combine conditions with `or`."],
  ['derive { a = product + "b" }', 'argument-types: product + "b"', "concatenate strings with `&`"],
])("%s", (step, error, hint) => {
  expect(errorsOf(inItems(step))).toEqual([error]);
  expect(checkShop(inItems(step)).diagnostics.find((each) => each.severity === "error")?.hint).toContain(hint);
});

it.each([
  ["from bronze.items, bronze.orders", ",", "`join one … on …`"],
  [
    "from bronze.items\n join one bronze.customers as c using (customer_id)",
    "using",
    "`on items.customer_id == c.customer_id`",
  ],
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

it("`||` between values that are not strings means `or`, and the hint also mentions strings", () => {
  const found = checkShop(inItems("where item > 1 || item < 0")).diagnostics[0];
  expect(found?.message).toBe("`||` is written `or` in Medal");
  expect(found?.hint).toBe("Concatenate strings with `&`.");
});

it.each([
  ["select { order_id as id, item }", "select { id = order_id, item }"],
  ["group by order_id as id { sum(price) as total }", "group by id = order_id { total = sum(price) }"],
  ["derive { a = cast(item as long) }", "derive { a = (item as long) }"],
  ['derive { a = product || "y" }', 'derive { a = product & "y" }'],
])("the fixes make %s into %s", (before, after) => {
  const edits = checkShop(inItems(before)).diagnostics.flatMap((each) => each.fix?.edits ?? []);
  const fixed = withEdits(SHOP + inItems(before), edits);
  expect(fixed).toBe(SHOP + inItems(after));
  expect(errorsOf(inItems(after))).toEqual([]);
});

it("`value as name` is reported once, and the name is known afterwards", () => {
  expect(errorsOf(inItems('select { order_id as id, price * 2 as twice }\n where id != "" and twice > 0'))).toEqual([
    "unnamed-column: order_id as id",
    "unnamed-column: price * 2 as twice",
  ]);
});

it("a cast without a name is only reported for the missing name", () => {
  const found = checkShop(inItems("select { item as long }")).diagnostics.filter((each) => each.severity === "error");
  expect(found.map((each) => [each.code, each.hint])).toEqual([["unnamed-column", "Write `name = expression`."]]);
});

it.each([
  ["silver t {\n FROM bronze.items\n}", ["foreign-syntax: FROM"]],
  ["silver t {\n SELECT order_id\n FROM bronze.items\n}", ["unexpected-token: order_id"]],
  ["silver t { select order_id from bronze.items }", ["unexpected-token: order_id"]],
  ["silver t as select", ["unexpected-token: as"]],
  ["silver t { where item > 1 where item > }", ["missing-from: where item > 1", "unexpected-token: }"]],
])("of a table that does not begin as it should the first mistake is told: %s", (text, errors) => {
  expect(errorsOf(text)).toEqual(errors);
});

it("columns and functions may have the names of operators in other languages", () => {
  const text = `bronze b from files.csv("b.csv") { case: int, like: int, over: int, using: int, end: int }
silver t { from bronze.b where case > like derive { a = over + using, when = end } sort case }`;
  expect(errorsOf(text)).toEqual([]);
});

it("every function suggested for another language's name exists", () => {
  for (const name of ["len", "substr", "ceiling", "iif", "stddev", "variance", "to_char", "datediff", "pow", "mean"]) {
    expect(findFunction(renamedFunction(name) ?? "")).toBeDefined();
    expect(findFunction(name)).toBeUndefined();
  }
});

/** A table in SQL syntax, its only error, and a part of its hint or fix. */
const tables: readonly (readonly [text: string, error: string, hint: string])[] = [
  [
    "silver t {\n SELECT order_id, price\n FROM bronze.items\n WHERE price > 1\n}",
    "unexpected-token: order_id",
    "`from ",
  ],
  ["silver t { SELECT * FROM bronze.items }", "unexpected-token: *", "Without `select` all columns are kept"],
  [
    "silver t {\n from bronze.items\n SELECT DISTINCT product\n}",
    "unexpected-token: DISTINCT",
    "`distinct` is a separate step",
  ],
  ["silver t { select { item } from bronze.items }", "misplaced-step: from bronze.items", ""],
  [
    "silver t { where item > 1 from bronze.items as i select { i.item } }",
    "misplaced-step: from bronze.items as i",
    "",
  ],
  [
    "silver t { from bronze.items WHERE item = 1 AND note IS NOT NULL }",
    "foreign-syntax: WHERE",
    "where item == 1 and",
  ],
  ["silver t {\n from bronze.items\n WHERE note IS NULL\n}", "foreign-syntax: WHERE", "where note is null"],
  ["silver t { from bronze.items where note = NULL }", "null-comparison: note = NULL", "is null"],
  ["silver t { from bronze.items where note != null }", "null-comparison: note != null", "is not null"],
  ["silver t { from bronze.items where product <> 'a' }", "foreign-syntax: <>", 'where product != "a"'],
  ["silver t { from bronze.items where product = 'a' }", "assign-in-expression: =", 'where product == "a"'],
  ["silver t { from bronze.items where product IN ('a', 'b') }", "unexpected-token: (", '`product in ["a", "b"]`'],
  ["silver t { from bronze.items where product NOT IN ('a') }", "unexpected-token: (", '`product not in ["a"]`'],
  [
    "silver t { from bronze.items where item in (select item from x) }",
    "unexpected-token: (",
    "Subqueries are not supported",
  ],
  ["silver t { from bronze.items where item NOT BETWEEN 1 AND 3 }", "foreign-syntax: NOT", "not between 1 and 3"],
  ["silver t { from bronze.items where product NOT LIKE 'a%' AND item > 1 }", "unexpected-token: LIKE", "starts_with"],
  ["silver t { from bronze.items where TRUE }", "foreign-syntax: TRUE", "true"],
  [
    "silver t { from bronze.items derive { a = product || '-' || product } }",
    "foreign-syntax: ||",
    'product & "-" & product',
  ],
  [
    "silver t { from bronze.items derive { a = CAST(item AS long) b = a + 1 } }",
    "unexpected-token: CAST",
    "(item as long)",
  ],
  [
    "silver t { from bronze.items derive { a = try_cast(note AS int) } }",
    "unexpected-token: try_cast",
    "(note as ? int)",
  ],
  ["silver t { from bronze.items derive { a = product::int } }", "unexpected-token: :", "`x as int`"],
  ['silver t { from bronze.items derive { a = COALESCE(note, "") } }', "unknown-function: COALESCE", "coalesce"],
  [
    "silver t { from bronze.items derive { a = CASE WHEN product = 'x' THEN 1 WHEN item <> 2 THEN 2 END } where a == 1 }",
    "unexpected-token: CASE",
    '`match { product == "x" => 1, item != 2 => 2 }`',
  ],
  [
    "silver t { from bronze.items select { CASE product WHEN 'x' THEN 'y' ELSE 'z' END AS kind } where kind == \"y\" }",
    "unexpected-token: CASE",
    '`kind = match { product == "x" => "y", else => "z" }`',
  ],
  [
    "silver t { from bronze.items derive { a = case when item > 1 then case when item > 2 then 1 end else 3 end } }",
    "unexpected-token: case",
    "`match { item > 1 => match { item > 2 => 1 }, else => 3 }`",
  ],
  ["gold t { from bronze.items GROUP BY product { total = sum(price) } }", "foreign-syntax: GROUP", "group by product"],
  [
    "gold t { from bronze.items group by product select { product, total = sum(price) } }",
    "unexpected-token: select",
    "`group by a { total = sum(b) }`",
  ],
  [
    "gold t {\n from bronze.items\n select product, sum(price) as total\n group by product\n}",
    "unexpected-token: product",
    "`select` takes braces",
  ],
  ["gold t { from bronze.items ORDER BY product DESC, item ASC }", "unexpected-token: ORDER", "`sort`"],
  ["gold t { from bronze.items sort by product desc }", "unexpected-token: by", "`sort a, b desc`"],
  ["gold t { from bronze.items limit 10 }", "unexpected-token: limit", "`take`"],
  ["gold t { from bronze.items group { n = COUNT(DISTINCT item) } }", "unexpected-token: item", "`count_distinct(x)`"],
  [
    "silver t { from bronze.items as i INNER JOIN bronze.orders o ON i.order_id = o.order_id where o.weight > 1.0 }",
    "unexpected-token: INNER",
    "`join one` or `join many`",
  ],
  [
    "silver t { from bronze.items as i\n LEFT OUTER JOIN bronze.orders o ON i.order_id = o.order_id }",
    "unexpected-token: OUTER",
    "`left join one`",
  ],
  [
    "silver t { from bronze.items as i\n LEFT JOIN bronze.orders AS o ON i.order_id = o.order_id }",
    "join-without-cardinality: LEFT JOIN bronze.orders AS o ON i.order_id = o.order_id",
    "Write `join one`",
  ],
  [
    "silver t { from bronze.items right join bronze.orders as o on true where o.weight > 1.0 }",
    "unexpected-token: right",
    JOINS,
  ],
  [
    "silver t { from bronze.items join many bronze.orders using (order_id) }",
    "unexpected-token: using",
    "items.order_id == orders.order_id",
  ],
  [
    "silver t { from bronze.items as i join one bronze.orders as o on order_id }",
    "ambiguous-column: order_id",
    "alias",
  ],
  [
    "silver t { from bronze.items as i join one bronze.orders as o on order_id == order_id }",
    "ambiguous-column: order_id",
    "alias",
  ],
  [
    "silver t { from bronze.items derive { a = if item > 1 then 1 else 2 } }",
    "unexpected-token: if",
    "`if(condition, a, b)`",
  ],
  ["silver t { from bronze.orders derive { a = bought + interval 1 day } }", "unexpected-token: interval", "add_days"],
  [
    "silver t { from bronze.orders where bought > timestamp '2018-01-01' }",
    "unexpected-token: timestamp",
    "as timestamp",
  ],
  [
    'silver t { from bronze.orders where bought > "2018-01-01" }',
    'argument-types: bought > "2018-01-01"',
    "as date as timestamp",
  ],
  [
    "silver t { from bronze.orders derive { d = date(bought) - date(bought) } }",
    "argument-types: date(bought) - date(bought)",
    "days_between",
  ],
  ['silver t { from bronze.orders where status == "payd" }', 'unknown-enum-value: "payd"', 'Did you mean `"paid"`?'],
  [
    'silver t { from bronze.orders where status in ["open", "Paid"] }',
    'unknown-enum-value: "Paid"',
    'Did you mean `"paid"`?',
  ],
  ["silver t { from bronze.orders where status == paid }", "unknown-column: paid", "Write Status.paid"],
  [
    "CREATE OR REPLACE VIEW t AS\nSELECT order_id FROM bronze.items WHERE price > 1;\nsilver t { from bronze.items }",
    "unexpected-token: CREATE",
    "list of steps",
  ],
  ["with x as (select * from bronze.items)\nsilver t { from bronze.items }", "unexpected-token: with", "list of steps"],
];

it.each(tables)("%s", (text, error, hint) => {
  expect(errorsOf(text)).toEqual([error]);
  const [found] = checkShop(text).diagnostics.filter((each) => each.severity === "error");
  expect(`${found?.hint} ${found?.fix?.title} ${found?.fix?.edits.map((each) => each.text).join(" ")}`).toContain(hint);
});

it("the fix for foreign syntax changes every occurrence", () => {
  const text = `${SHOP}silver t {
  FROM bronze.items
  WHERE product = 'a' AND item <> 1
  derive {
    a = CASE
      WHEN item = 1 AND note IS NULL THEN 'none'
      WHEN item = 2 THEN note
      ELSE 'other'
    END
  }
  where a <> 'other' OR a IS NULL
}
`;
  const edits = check(memoryHost({ "main.medal": text }), ["main.medal"]).diagnostics.flatMap(
    (each) => each.fix?.edits ?? [],
  );
  expect(withEdits(text, edits)).toBe(`${SHOP}silver t {
  from bronze.items
  where product == "a" and item != 1
  derive {
    a = match {
      item == 1 and note is null => "none"
      item == 2 => note
      else => "other"
    }
  }
  where a != "other" or a is null
}
`);
});

it("operators cannot be called like functions", () => {
  for (const call of [
    "neg(item)",
    "`+`(item, 1)",
    "`is null`(item)",
    "`in`(item, 1)",
    "`not`(true)",
    "`as`(item)",
    "widen(item)",
  ]) {
    expect(errorsOf(inItems(`derive { x = ${call} }`))).toEqual([
      `unknown-function: ${call.slice(0, call.indexOf("("))}`,
    ]);
  }
  expect(checkShop(inItems("derive { x = neg(item) }")).diagnostics[0]?.hint).toBe("Write `-a`.");
  const operators = catalog.filter((each) => each.kind === "operator").map((each) => `\`${each.name}\`(item)`);
  for (const call of operators) expect(errorsOf(inItems(`derive { x = ${call} }`))).toHaveLength(1);
});
