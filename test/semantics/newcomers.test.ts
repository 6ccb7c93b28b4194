/** Mistakes of people who know dbt, pandas or SQL schemas: one error for each, with a fix. */
import { expect, it } from "vitest";
import { checkShop, errorsOf } from "./checking.ts";

/** A program, its error, and a part of its hint or of the title of its fix. */
const newcomers: readonly (readonly [text: string, error: string, hint: string])[] = [
  ['silver t { from ref("orders") }', "unexpected-token: (", "Qualify the table with its layer"],
  ["silver t { from {{ source('files', 'orders') }} }", "unexpected-token: {", "Templates are not supported"],
  [
    "{{ config(materialized='table') }}\nsilver t { from bronze.orders }",
    "unexpected-token: {",
    "Templates are not supported",
  ],
  ["silver t { from raw.orders }", "unknown-relation: raw.orders", "bronze.orders"],
  ["table t { from bronze.orders }", "unexpected-token: table", "list of steps"],
  ["let x = 5\nsilver t { from bronze.items }", "unexpected-token: let", "`fn vat(): decimal(2,2) = 0.19`"],
  ['silver t { from bronze.items derive { a = price["x"] } }', "unexpected-token: [", "`item.price`"],
  [
    "silver t { from bronze.items where (item > 1) & (price > 2.0) }",
    "argument-types: (item > 1) & (price > 2.0)",
    "`and`",
  ],
  ["silver t { from bronze.items derive { p = product.upper() } }", "unexpected-token: (", "`upper(product)`"],
  ['silver t { from bronze.items where product.str.contains("a") }', "unexpected-token: (", "`upper(product)`"],
  ['silver t { from bronze.items derive { n = fillna(note, "") } }', "unknown-function: fillna", "`a ?? b`"],
  ["silver t { from bronze.items derive { n = int(note) } }", "unknown-function: int", "`x as int`"],
  [
    "silver t { from bronze.orders derive { d = datediff(day, bought, delivered) } }",
    "unknown-function: datediff",
    "days_between",
  ],
  [
    'silver t { from bronze.orders derive { d = date_trunc("month", bought) } }',
    "unknown-function: date_trunc",
    "`trunc(date",
  ],
  ["silver t { from bronze.orders derive { d = extract(year from bought) } }", "unexpected-token: from", "`year(d)`"],
  ["silver t { from bronze.items where note == None }", "unknown-column: None", "`x is null`"],
  ["silver t { from bronze.items derive { a = True } }", "unknown-column: True", "`true`"],
  ["silver t { from bronze.items derive { a = item ** 2\n b = 1 } }", "unexpected-token: *", "`power(x, 2)`"],
  [
    "silver t { from bronze.items derive { a = 1 if item > 1 else 2 } }",
    "unexpected-token: if",
    "`if(condition, a, b)`",
  ],
  [
    'silver t { from bronze.items derive { a = f"{product}-x" } }',
    "unexpected-token: f",
    "Concatenate strings with `&`",
  ],
  [
    "silver t {\n # only the good ones\n from bronze.items\n # of them all\n}",
    "foreign-comment: # only the good ones",
    "2 places",
  ],
  ["silver t { from bronze.items drop_duplicates }", "unexpected-token: drop_duplicates", "`distinct`"],
  ["silver t { from bronze.items rename { item as id } }", "unexpected-token: rename", "to rename columns"],
  ["silver t { from bronze.items drop { note } }", "unexpected-token: drop", "to keep"],
  ["silver t { from bronze.items select { id: item, product } where id > 1 }", "unexpected-token: :", "Write ="],
  ["silver t { from bronze.items, where item > 1, select { item } }", "unexpected-token: ,", "where item > 1 select"],
  ["gold t { from bronze.items group product { n = count() } }", "unexpected-token: product", "`group by a, b { … }`"],
  [
    "gold t { from bronze.items group by (product, item) { n = count() } }",
    "unexpected-token: (",
    "without parentheses",
  ],
  [
    "gold t { from bronze.items group by product { product, n = count() } }",
    "duplicate-column: product",
    "remove it from the braces",
  ],
  ["gold t { from bronze.items sort desc price take 5 }", "unexpected-token: desc", "`sort price desc`"],
  ["gold t { from bronze.items top 5 by price }", "unexpected-token: top", "`sort price desc`, then `take 10`"],
  [
    'silver t { from bronze.items expect "p": price > 0.00 else drop }',
    "unknown-action: drop",
    "Did you mean `quarantine`?",
  ],
  ['silver t { from bronze.items where product & item == "a1" }', "argument-types: product & item", "`x as string`"],
  ["silver t { from bronze.items as i where items.item > 1 }", "unknown-alias: items", "Did you mean `i`?"],
  [
    "param limit: int\nsilver t { from bronze.items where item > param.limit }",
    "unknown-alias: param",
    "`fn limit(): int = 10`",
  ],
  [
    "silver t { from bronze.items qualify rank() over (order by price) = 1 }",
    "unexpected-token: qualify",
    "Window functions are not supported",
  ],
  ['bronze b from files.csv("b.csv") {\n id int\n name string\n}', "unexpected-token: int", "Use Medal syntax"],
  [
    'bronze b from files.csv("b.csv") { id: int primary key, name: string }',
    "unexpected-token: primary",
    "`key order_id`",
  ],
  ['bronze b from files.csv("b.csv") { id: int not null, name: string }', "unexpected-token: not", "`name: string?`"],
  ['bronze b from files.csv("b.csv") (\n id: int\n)', "unexpected-token: (", ""],
];

it.each(newcomers)("%s", (text, error, hint) => {
  expect(errorsOf(text)).toEqual([error]);
  const [found] = checkShop(text).diagnostics.filter((each) => each.severity === "error");
  expect(`${found?.hint} ${found?.fix?.title}`).toContain(hint);
});
