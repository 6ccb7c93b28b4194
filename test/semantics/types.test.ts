/** Types, nullability and the order of steps: results and every possible error. */
import { expect, it } from "vitest";
import { typeText } from "../../src/types.ts";
import { checkShop, errorsOf, expectedErrors, tableOf } from "./checking.ts";

const typed: readonly (readonly [expression: string, type: string])[] = [
  ["1", "int"],
  ["-2147483648", "int"],
  ["2147483648", "long"],
  ["-9223372036854775808", "long"],
  ["1.50", "decimal(3,2)"],
  ["0.05", "decimal(2,2)"],
  ['"x"', "string"],
  ["price + 1", "decimal(11,2)"],
  ["price * quantity", "decimal(21,2)"],
  ["price / quantity", "decimal(14,6)"],
  ["quantity / item", "double"],
  ["quantity div item", "long"],
  ["note", "string?"],
  ['note ?? "none"', "string"],
  ["lower(note)", "string?"],
  ["note is null", "bool"],
  ["note == product", "bool?"],
  ["price > 10", "bool"],
  ["product as? int", "int?"],
  ["product as date", "date"],
  ["item as double", "double"],
  ["match { item == 1 => 1, else => 2.5 }", "decimal(2,1)"],
  ["match { item == 1 => 1 }", "int?"],
  ["if(note is null, 0, item)", "int"],
  ["quantity in [1, 2, 3]", "bool"],
  ["price between 1 and 5.5", "bool"],
  ["not (item == 1)", "bool"],
  ['product & "-" & order_id', "string"],
  ["null as string", "string?"],
  ["note as string(3)", "string(3)?"],
  ["product as? string(3)", "string(3)?"],
  ["item as string(3)", "string(3)"],
  ["(product as string(3)) ?? (product as string(5))", "string(5)"],
  ['if(item == 1, product as string(3), "x")', "string"],
  ["match { item == 1 => product as string(3) }", "string(3)?"],
  ["left(product, 3)", "string"],
  ["(product as string(3)) as string", "string"],
  ["(product as string(3)) == product", "bool"],
];

it.each(typed)("%s is %s", (expression, type) => {
  const table = tableOf(`silver t { from bronze.items derive { x = ${expression} } }`);
  const column = table.columns.find((each) => each.name === "x");
  expect(column && typeText(column.type, column.nullable)).toBe(type);
});

const aggregates: readonly (readonly [expression: string, keyed: string, whole: string])[] = [
  ["count()", "long", "long"],
  ["count(note)", "long", "long"],
  ["sum(price)", "decimal(20,2)", "decimal(20,2)?"],
  ["sum(quantity)", "long", "long?"],
  ["avg(price)", "decimal(14,6)", "decimal(14,6)?"],
  ["avg(quantity)", "double", "double?"],
  ["min(note)", "string?", "string?"],
  ["max(item)", "int", "int?"],
  ["sum(price) where item == 1", "decimal(20,2)?", "decimal(20,2)?"],
  ["sum(price) ?? 0.00", "decimal(20,2)", "decimal(20,2)"],
  ["sum(price) / count()", "decimal(24,6)", "decimal(24,6)?"],
];

it.each(aggregates)("%s is %s in a group with keys and %s in one without", (expression, keyed, whole) => {
  const typeOf = (keys: string) => {
    const column = tableOf(`gold t { from bronze.items group ${keys} { x = ${expression} } }`).columns.at(-1);
    return column && typeText(column.type, column.nullable);
  };
  expect(typeOf("by product")).toBe(keyed);
  expect(typeOf("")).toBe(whole);
});

it("a left join makes the columns of its right side nullable, an inner join does not", () => {
  const nullable = (side: string) =>
    tableOf(`gold t {
  from bronze.items as i
  ${side}join one bronze.orders as o on o.order_id == i.order_id
  select { i.item, o.status }
}`).columns.map((each) => each.nullable);
  expect(nullable("left ")).toEqual([false, true]);
  expect(nullable("")).toEqual([false, false]);
});

it.each([
  ["where delivered is not null", false],
  ["where delivered > bought", false],
  ["where delivered > bought or status == Status.open", true],
  ['expect "x": delivered is not null else quarantine', false],
  ['expect "x": delivered is not null', false],
  ['expect "x": delivered is not null else warn', true],
])("after `%s` the column is nullable: %s", (step, nullable) => {
  const table = tableOf(`silver t { from bronze.orders ${step} select { delivered } }`);
  expect(table.columns[0]?.nullable).toBe(nullable);
});

it("tags follow their columns", () => {
  const tags = (select: string) =>
    Object.fromEntries(
      tableOf(`silver t { from bronze.customers ${select} }`).columns.map((each) => [each.name, each.tags]),
    );
  expect(tags("select { who = name, shout = upper(name), balance, twice = balance * 2 }")).toEqual({
    who: ["pii"],
    shout: ["pii"],
    balance: ['unit("BRL")'],
    twice: [],
  });
  expect(tags("group by state { n = count_distinct(name), last = max(name), owed = sum(balance) }")).toEqual({
    state: [],
    n: [],
    last: ["pii"],
    owed: ['unit("BRL")'],
  });
});

it("functions are inlined", () => {
  const table = tableOf(`fn net(gross: decimal(12,2), rate: decimal(4,2)): decimal(20,4) = gross * (1.00 - rate)
silver t { from bronze.items select { x = net(price, 0.10) } }`);
  expect(JSON.stringify(table.steps)).not.toContain('"net"');
  expect(table.columns.map((each) => typeText(each.type))).toEqual(["decimal(20,4)"]);
});

it("a sort followed by take is total", () => {
  const [sort] = tableOf("gold t { from bronze.points sort latitude desc take 3 }").steps.filter(
    (each) => each.kind === "sort",
  );
  expect(
    sort?.keys.map((each) => [each.value.kind === "column" && each.value.name, each.descending, each.nulls]),
  ).toEqual([
    ["latitude", true, "last"],
    ["zip", false, "first"],
    ["longitude", false, "first"],
  ]);
});

const mistakes: readonly (readonly [text: string, ...codes: string[]])[] = [
  ["silver t { from bronze.items where «price + 1» }", "condition-not-bool"],
  ['silver t { from bronze.items where «price == "x"» }', "argument-types"],
  ["silver t { from bronze.items where «note == null» }", "null-comparison"],
  ["silver t { from bronze.items where item > 1 and «null != note» }", "null-comparison"],
  ["silver t { from bronze.items where «price < null» }", "null-comparison"],
  ["silver t { from bronze.items derive { x = «lower(price)» } }", "argument-types"],
  ["silver t { from bronze.items derive { x = «lower(product, note)» } }", "argument-count"],
  ["silver t { from bronze.items derive { x = «round(price, 9)» } }", "invalid-argument"],
  ['silver t { from bronze.items derive { x = «match { item == 1 => 1, else => "x" }» } }', "no-common-type"],
  ["silver t { from bronze.items derive { x = «item as date» } }", "invalid-cast"],
  ["silver t { from bronze.items derive { x = product as «int?» } }", "invalid-type"],
  ["silver t { from bronze.items derive { x = «null» } }", "invalid-type"],
  ["silver t { from bronze.items derive { x = «99999999999999999999» } }", "invalid-number"],
  ["silver t { from bronze.items derive { x = «price * (price as decimal(30,2))» } }", "decimal-overflow"],
  ['bronze x from files.csv("x") { a: «decimal(40,2)» }', "invalid-type"],
  ['bronze x from files.csv("x") { a: «string(0)» }', "invalid-type"],
  ['bronze x from files.csv("x") { a: «binary» }', "invalid-type"],
  ['bronze x from files.csv("x") { a: «string(10,2)» }', "invalid-type"],
  ["fn f(x: «string(3)»): «string(5)?» = x", "invalid-type", "invalid-type"],
  ["param p: «string(3)»", "invalid-type"],
  ["silver t { from bronze.items derive { x = product as «string(1.5)» } }", "invalid-type"],
  ["param p: «date»", "invalid-type"],
  ['param p: int = «"x"»', "type-mismatch"],
  ['fn f(a: int): int = «lower("x")»', "type-mismatch"],
  ["fn f(a: int?): int = «a»", "nullable-value"],
  ["fn f(a: int): int = a\nsilver t { from bronze.items derive { x = f(«product») } }", "type-mismatch"],
  ["fn f(a: string): string = a\nsilver t { from bronze.items derive { x = f(«note») } }", "nullable-value"],
  ["fn f(a: int): int = a\nsilver t { from bronze.items derive { x = «f(1, 2)» } }", "argument-count"],
  ["fn «f»(a: int): int = g(a)\nfn «g»(a: int): int = f(a)", "recursive-function", "recursive-function"],
  ["fn f(a: int): int = «b»", "unknown-column"],
  ["silver t { from bronze.items derive { x = «sum»(price) } }", "aggregate-outside-group"],
  ["fn f(a: int): long = «sum»(a)", "aggregate-outside-group"],
  ["gold t { from bronze.items group { x = sum(«max»(item)) } }", "nested-aggregate"],
  ["gold t { from bronze.items group by product { x = «price» } }", "column-outside-aggregate"],
  ["gold t { from bronze.items group by product { x = sum(price) / «item» } }", "column-outside-aggregate"],
  ["gold t { from bronze.items derive { x = «lower»(product) where item == 1 } }", "not-an-aggregate"],
  ["silver t { from bronze.items select { order_id } key «item» }", "unknown-column"],
  ["silver t { from bronze.items key «note» }", "nullable-value"],
  ["silver t { from bronze.items key item «key product» }", "duplicate-clause"],
  ["silver t { «where item == 1» }", "missing-from"],
  ["silver «t» { }", "missing-from"],
  ["silver t { from bronze.items «from bronze.orders» }", "misplaced-step"],
  ["silver t { from bronze.items «sort item» where item == 1 }", "misplaced-step"],
  ["silver t { from bronze.items «take 5» }", "misplaced-step"],
  ["silver t { from bronze.items sort item take «0» }", "invalid-argument"],
  ['silver t { from bronze.items expect "x": item > 0 else «drop» }', "unknown-action"],
  [
    "gold t { from bronze.items as i «join bronze.orders as o on o.order_id == i.order_id» select { item } }",
    "join-without-cardinality",
  ],
  ["gold t { from bronze.items as i join many bronze.orders as o on «i.item == 1» select { item } }", "join-condition"],
  ["silver t { from «gold.u» }\ngold u { from bronze.items }", "layer-backwards"],
  ["silver «a» { from silver.b }\nsilver b { from silver.a }", "cyclic-tables"],
  ["silver «a» { from silver.a }", "cyclic-tables"],
];

it.each(mistakes)("%s", (marked, ...codes) => {
  const { text, errors } = expectedErrors(marked, codes);
  expect(errorsOf(text)).toEqual(errors);
});

it("an error is reported once, not again in expressions that use it", () => {
  const text = `silver a { from bronze.items derive { x = prce + 1, y = x * 2 } where y > 3 }
gold b { from silver.a group by x { total = sum(y) } }
gold c { from silver.gone where anything == 1 select { z = whatever } key z }`;
  expect(errorsOf(text)).toEqual(["unknown-column: prce", "unknown-relation: silver.gone"]);
});

it("an error in one table does not prevent checks of the others", () => {
  const found = checkShop("silver a { from bronze.items where nope }\nsilver b { from bronze.items where nada }");
  expect(found.diagnostics.map((each) => each.code)).toEqual(["unknown-column", "unknown-column"]);
});

it("a product with too many digits names its operands, sufficient digits, and where it can be rounded", () => {
  const money = `
bronze sales from files.csv("sales.csv") { id: int, qty: decimal(19,4), price: decimal(19,4), off: decimal(19,4) key id }
silver t { from bronze.sales derive { total = VALUE } }`;
  const errorsFor = (value: string) =>
    checkShop(money.replace("VALUE", value)).diagnostics.filter((each) => each.severity === "error");
  const [found] = errorsFor("qty * price * (1 - off)");
  expect(found?.hint).toBe(
    "Here qty is decimal(19,4) and price is decimal(19,4). Declare only the digits that the values need, or cast them: " +
      "`(qty as decimal(18,4))` keeps every value with up to 14 digits before the decimal point and fails on larger " +
      "ones. Or say where to round: `multiply(qty, price, 4)` computes the product exactly and rounds it to 4 digits " +
      "after the decimal point.",
  );
  // Following the hints leads to a valid program.
  expect(errorsFor("(qty as decimal(18,4)) * price")).toEqual([]);
  expect(errorsFor("multiply(qty, price, 4) * (1 - off)").map((each) => each.code)).toEqual(["decimal-overflow"]);
  expect(errorsFor("multiply(multiply(qty, price, 4), 1 - off, 4)")).toEqual([]);
  expect(errorsFor("multiply(qty, price, 9)").map((each) => each.code)).toEqual(["invalid-argument"]);
});
