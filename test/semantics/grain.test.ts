/** Inferred keys, and accepted and rejected sums. */
import { expect, it } from "vitest";
import { checkShop, errorsOf, expectedErrors, planOf, tableOf } from "./checking.ts";

const accepted: Readonly<Record<string, string>> = {
  "a sum over the rows of a table with a key": `
gold t { from bronze.items group by product { total = sum(price) } }`,
  "a sum over the rows of a table without a key": `
gold t { from bronze.points group { total = sum(latitude) } }`,
  "a sum over the finer side of a join one": `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group by o.customer_id { total = sum(i.price) }
}`,
  "a sum over the right side of a join many that is as fine as the rows": `
gold t {
  from bronze.orders as o
  join many bronze.items as i on i.order_id == o.order_id
  group by o.customer_id { total = sum(i.price) }
}`,
  "a sum over a value joined one to one": `
silver paid { from bronze.payments group by order_id { paid = sum(value) } }
gold t {
  from bronze.orders as o
  left join one silver.paid as p on p.order_id == o.order_id
  group by o.customer_id { paid = sum(p.paid), known = sum(p.paid ?? 0.00) }
}`,
  "a sum of two columns of one grain": `
gold t { from bronze.items group by product { total = sum(price * quantity + price) } }`,
  "a price times a rate that belongs to a coarser grain": `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group { total = sum(i.price * o.shipping) }
}`,
  "a condition on a coarser column around a value of the rows": `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group { late = sum(if(o.status == Status.open, i.price, 0.00)), open = sum(i.price) where o.status == Status.open }
}`,
  "what duplicates cannot distort, over multiplied rows": `
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group by i.order_id { a = min(p.value), b = max(p.value), c = count_distinct(p.part), rows = count() }
}`,
  "each value once with per, also of the side of a left join that may find nothing": `
gold t {
  from bronze.orders as o
  left join many bronze.payments as p on p.order_id == o.order_id
  join many bronze.items as i on i.order_id == o.order_id
  group by o.customer_id { paid = sum(p.value) per (o.order_id, p.part) }
}`,
  "a sum over the rows of a table without a key that a left join finds, or does not": `
gold t {
  from bronze.customers as c
  left join many bronze.points as p on p.zip == c.customer_id
  group by c.customer_id { total = sum(p.latitude) }
}`,
  "a sum after distinct over the one row that a left join with one row gives": `
silver one { from bronze.items group { least = min(price), most = max(price) } }
silver both {
  from silver.one as a
  left join many silver.one as b on b.least == a.least
  group by a.least, other = b.most { total = sum(a.least) }
}
gold t { from silver.both select { least, total } distinct group { sum = sum(total) } }`,
  "each value once with per": `
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group by i.order_id { paid = sum(p.value) per (p.order_id, p.part), sold = sum(i.price) per (i.order_id, i.item) }
}`,
  "per with the columns of the other side that are equal": `
silver paid { from bronze.payments group by order_id { paid = sum(value) } }
gold t {
  from bronze.items as i
  join one silver.paid as p on p.order_id == i.order_id
  group by i.product { paid = sum(p.paid) per i.order_id }
}`,
  "a sum after distinct that keeps the key": `
gold t { from bronze.items select { order_id, item, price } distinct group { total = sum(price) } }`,
  "a sum after distinct over all columns of a table without a key": `
silver places { from bronze.points distinct key (zip, latitude, longitude) }
gold t { from silver.places group { total = sum(latitude) } }`,
  "a sum after distinct on a key": `
gold t { from bronze.items distinct on order_id latest by item group { total = sum(price) } }`,
  "a sum over multiplied rows that a constant makes single again": `
gold t {
  from bronze.orders as o
  join many bronze.payments as p on p.order_id == o.order_id
  where p.part == 1
  group { shipping = sum(o.shipping) }
}`,
  "the sum of a group's sums": `
silver by_product { from bronze.items group by order_id, product { total = sum(price) } }
gold t { from silver.by_product group by product { total = sum(total) } }`,
  "a number of rows as a sum of ones": `
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group { rows = sum(1) }
}`,
};

it.each(Object.entries(accepted))("%s is accepted", (_, text) => {
  expect(errorsOf(text)).toEqual([]);
});

const refused: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "a sum over the left side of a join many": [
    `
gold t {
  from bronze.orders as o
  join many bronze.items as i on i.order_id == o.order_id
  group { total = «sum(o.shipping)» }
}`,
    "fan-out",
  ],
  "both sides of two joined facts": [
    `
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group by i.order_id { sold = «sum(i.price)», paid = «avg(p.value)» }
}`,
    "fan-out",
    "fan-out",
  ],
  "a coarser value added to a value of the rows": [
    `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  derive { total = i.price + o.shipping }
  select { product, total }
  group by product { total = «sum(total)» }
}`,
    "fan-out",
  ],
  "a count of values of a coarser grain": [
    `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group { delivered = «count(o.delivered)» }
}`,
    "fan-out",
  ],
  "a coarser value chosen by a condition of the rows": [
    `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group { some = «sum(match { i.item == 1 => o.shipping, else => 0.00 })» }
}`,
    "fan-out",
  ],
  "a value after a function, a cast and a rename": [
    `
fn as_number(amount: decimal(10,2)): double = amount as double
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  select { i.product, s = as_number(o.shipping) }
  derive { again = -s }
  group by product { total = «sum(again)» }
}`,
    "fan-out",
  ],
  "a value from two tables upstream": [
    `
silver lines {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  select { i.order_id, i.item, o.shipping }
}
silver copies { from silver.lines }
gold t { from silver.copies group { total = «sum(shipping)» } }`,
    "fan-out",
  ],
  "a value of an outer table whose key was dropped": [
    `
silver lines {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  select { o.shipping, i.product }
}
gold t { from silver.lines group { total = «sum(shipping)» } }`,
    "fan-out",
  ],
  "a total joined to the rows it was computed from": [
    `
silver all_items { from bronze.items group { total = sum(price) } }
silver one { from silver.all_items derive { n = 1 } }
gold t {
  from bronze.items as i
  join one silver.one as a on a.n == i.item
  group { total = «sum(a.total)» }
}`,
    "fan-out",
  ],
  "values that distinct merged": [
    `
gold t { from bronze.items select { product, price } distinct group by product { total = «sum(price)» } }`,
    "merged-values",
  ],
  "values that distinct merged in another table, whose key was declared since": [
    `
silver prices { from bronze.items select { product, price } distinct key product }
gold t { from silver.prices group { total = «sum(price)» } }`,
    "merged-values",
  ],
  "per with columns that do not determine the value": [
    `
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group by i.order_id { paid = «sum(p.value) per p.kind» }
}`,
    "per-not-a-key",
  ],
  "per with equal columns that are null without a match of a left join": [
    `
gold t {
  from bronze.orders as o
  left join many bronze.items as i on i.order_id == o.order_id
  group { shipping = «sum(o.shipping) per i.order_id» }
}`,
    "per-not-a-key",
  ],
  "per with a value that differs between the merged rows": [
    `
gold t {
  from bronze.orders as o
  join many bronze.items as i on i.order_id == o.order_id
  group {
    some  = «sum(if(i.item == 1, o.shipping, 0.00)) per o.order_id»
    price = «min(i.price) per o.order_id»
  }
}`,
    "per-not-a-key",
    "per-not-a-key",
  ],
  "join one on a number that equals the key only as a double": [
    `
silver numbers { from bronze.items group by id = quantity as long { price = max(price) } }
gold t { from bronze.points as p «join one silver.numbers as n on n.id == p.latitude» select { p.zip, n.price } }`,
    "join-one-without-key",
  ],
  "a declared key that a join many multiplies": [
    `
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  select { i.order_id, i.item, i.price, p.value }
  «key (order_id, item)»
}
gold u { from gold.t group by order_id { total = sum(price) } }`,
    "key-against-join",
  ],
  "join one without a key": [
    `
gold t { from bronze.orders as o «left join one bronze.items as i on i.order_id == o.order_id» }`,
    "join-one-without-key",
  ],
  "join one on a part of a key": [
    `
silver x { from bronze.items as i «join one bronze.payments as p on p.order_id == i.order_id and p.value > i.price» select { i.item } }`,
    "join-one-without-key",
  ],
};

it.each(Object.entries(refused))("%s is refused", (_, [marked, ...codes]) => {
  const { text, errors } = expectedErrors(marked, codes);
  expect(errorsOf(text)).toEqual(errors);
});

const keys: Readonly<Record<string, readonly [string, readonly (readonly string[])[]]>> = {
  "of an unchanged table": ["gold t { from bronze.items }", [["order_id", "item"]]],
  "of a join one": [
    "gold t { from bronze.items as i join one bronze.orders as o on o.order_id == i.order_id }",
    [["order_id", "item"]],
  ],
  "of a one to one join": [
    `silver paid { from bronze.payments group by order_id { paid = sum(value) } }
     gold t { from bronze.orders as o join one silver.paid as p on p.order_id == o.order_id select { a = o.order_id, b = p.order_id } }`,
    [["a"], ["b"]],
  ],
  "of a join many": [
    `gold t { from bronze.items as i join many bronze.payments as p on p.order_id == i.order_id
       select { i.order_id, i.item, p.part, p.value } }`,
    [["order_id", "item", "part"]],
  ],
  "of a left join many": [
    `gold t { from bronze.orders as o left join many bronze.payments as p on p.order_id == o.order_id select { o.order_id, p.part } }`,
    [["order_id", "part"]],
  ],
  "of a group": ["gold t { from bronze.items group by product, item { n = count() } }", [["product", "item"]]],
  "of a group whose keys depend on each other": [
    `gold t { from bronze.orders group by order_id, month = trunc(date(bought), "month") { n = count() } }`,
    [["order_id"]],
  ],
  "of one row": ["gold t { from bronze.items group { n = count() } }", [[]]],
  "of the first row": ["gold t { from bronze.items sort price, order_id, item take 1 }", [[]]],
  "of distinct rows": ["gold t { from bronze.items select { product, price } distinct }", [["product", "price"]]],
  renamed: ["gold t { from bronze.orders select { id = order_id, status } }", [["id"]]],
  "of distinct on": ["gold t { from bronze.points distinct on zip latest by latitude }", [["zip"]]],
  "fixed by a condition": ["gold t { from bronze.payments where part == 1 }", [["order_id"]]],
};

it.each(Object.entries(keys))("the key %s is inferred", (_, [text, expected]) => {
  const found = tableOf(text).keys;
  for (const key of expected) expect(found).toContainEqual(key);
});

it("the determinant of a right-side column is not one after a left join that may make it null", () => {
  const lists = (text: string) => tableOf(text).keys;
  const found = lists(`
silver notes { from bronze.items select { order_id, item, note, shown = note ?? "none" } }
gold t {
  from bronze.orders as o
  left join many silver.notes as n on n.order_id == o.order_id
  group by n.note, n.shown { c = count() }
}`);
  expect(found).toEqual([["note", "shown"]]);
});

it("a double does not determine a long that equals it", () => {
  const text = `
silver numbers { from bronze.items group by id = quantity as long, product { n = count() } }
gold t { from silver.numbers where id == NUMBER }`;
  expect(tableOf(text.replace("NUMBER", "1")).keys).toContainEqual(["product"]);
  expect(tableOf(text.replace("NUMBER", "(1.0 as double)")).keys).toEqual([["id", "product"]]);
});

it("a declared key that follows is proven, otherwise it is checked at run time", () => {
  const proved = tableOf("gold t { from bronze.items group by product { n = count() } key product }");
  expect(proved.keyChecks.filter((each) => each.relation === "gold.t")).toEqual([]);
  const declared = tableOf("gold t { from bronze.items select { order_id, product } key order_id }");
  expect(declared.keyChecks.filter((each) => each.relation === "gold.t")).toMatchObject([{ columns: ["order_id"] }]);
  const found = checkShop("gold t { from bronze.items select { order_id, product } key order_id }").diagnostics;
  expect(found.map((each) => each.code)).toEqual(["key-checked-at-run-time"]);
});

it("a declared key of bronze is checked by every table that reads it, and only by those", () => {
  const { tables } = planOf("silver a { from bronze.items }\nsilver b { from bronze.items }\ngold c { from silver.a }");
  const check = { relation: "bronze.items", columns: ["order_id", "item"] };
  expect(tables.map((each) => each.keyChecks)).toMatchObject([[check], [check], []]);
});

it("a fan-out offers to count each value once, or each row", () => {
  const text = `
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group by i.order_id { paid = sum(p.value) }
}`;
  const [found] = checkShop(text).diagnostics;
  const texts = found?.choices?.flatMap(({ edits }) => edits.map((each) => each.text));
  expect(texts).toEqual([" per (i.order_id, p.part)", " per row"]);
});

/** A table without a key followed by `distinct`, and one with several rows for each of its rows. */
const WIDE = `
bronze wide from files.csv("wide.csv") { a: string, b: string, c: string, d: string, e: string, v: decimal(10,2), w: int }
silver wide { from bronze.wide distinct KEY }
silver lines {
  from silver.wide as x
  join many bronze.items as i on i.product == x.a
  select { i.order_id, i.item, x.a, x.b, x.c, x.d, x.e, x.v, x.w }
}
gold first { from silver.lines group { total = sum(v), mean = avg(w) } }
gold second { from silver.lines group by order_id { total = sum(v) } }
`;

function errorsIn(text: string) {
  return checkShop(text).diagnostics.filter((each) => each.severity === "error");
}

it("values that one join repeats are reported once, at their first sum, with the other locations", () => {
  const found = errorsIn(WIDE.replace("KEY", "key a"));
  expect(found.map((each) => each.message)).toEqual([
    "sum counts values of v more than once: there is one value per a, but one row per order_id, item",
  ]);
  expect(found[0]?.related.map((each) => each.message)).toEqual([
    "this join repeats it for each matching row of bronze.items",
    "the same error occurs here",
    "the same error occurs here",
  ]);
  expect(found[0]?.choices?.map(({ edits }) => edits.length)).toEqual([3, 3, 0]);
});

it("if all columns identify a value, the message says row, and long column lists are truncated", () => {
  const found = errorsIn(WIDE.replace("KEY", ""));
  expect(found.map((each) => each.message)).toEqual([
    "sum counts values of v more than once: there is one value per row of silver.wide, " +
      "but one row per b, c, d and 5 more",
  ]);
  expect(found[0]?.choices?.[0]?.title).toBe(
    "Count it once per row of silver.wide: aggregate silver.wide, where it is in one row",
  );
});

it("rows without an identifying set of columns are combinations of rows, and a conversion does not hide the column", () => {
  const [, quantities] = errorsIn(`
bronze a from files.csv("a.csv") { id: int, v: decimal(10,2) }
bronze b from files.csv("b.csv") { id: int, quantity: int }
gold t {
  from bronze.a
  join many bronze.b on b.id == a.id
  group { v = sum(a.v), quantity = sum(b.quantity) }
}`);
  expect(quantities?.message).toBe(
    "sum counts values of quantity more than once: there is one value per row of bronze.b, " +
      "but one row per combination of rows",
  );
});

it("joins on columns that are not a key are reported once", () => {
  const found = errorsIn(`
bronze wide from files.csv("wide.csv") { a: string, b: string, c: string, v: int }
silver wide { from bronze.wide distinct }
silver s { from bronze.customers as c join one silver.wide as w on w.a == c.state select { c.name, w.v } }
gold t { from bronze.orders as o join one silver.wide as w on w.a == o.order_id select { o.order_id, w.v } }`);
  expect(found.map((each) => [each.code, each.related.length])).toEqual([["join-one-without-key", 2]]);
});
