/** Values that count once per group and in several groups, values counted per row, and the syntax for both. */
import { expect, it } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { format } from "../../src/format/format.ts";
import { checkShop, errorsOf, expectedErrors, tableOf } from "./checking.ts";

const RANGES = `
bronze months from files.csv("months.csv") { month: date, year: int, row: int key month }
bronze subs from files.csv("subs.csv") { id: int, amount: decimal(10,2), first: date, last: date, plan: string key id }
bronze daily from files.csv("daily.csv") { day: date, rides: int key day }
silver mrr {
  from bronze.months as m
  join many bronze.subs as s on m.month >= s.first and m.month < s.last
  group by m.month, m.year { mrr = sum(s.amount), mean = avg(s.amount), known = count(s.id), rows = count() }
}
silver by_plan {
  from bronze.months as m
  left join many bronze.subs as s on m.month >= s.first and m.month < s.last
  group by m.month, m.year, s.plan { mrr = sum(s.amount) }
}
`;

const accepted: Readonly<Record<string, string>> = {
  "a sum over a range, by the key of the other side": `
gold t {
  from bronze.months as m
  join many bronze.subs as s on m.month >= s.first and m.month < s.last
  group by m.month { mrr = sum(s.amount), spread = stddev_samp(s.amount as double) }
}`,
  "a moving average and sum by a join of a table with itself": `
gold t {
  from bronze.daily as d
  join many bronze.daily as p on p.day between add_days(d.day, -6) and d.day
  group by d.day { mean = avg(p.rides), total = sum(p.rides), middle = median(p.rides as double) }
}`,
  "the same with a left join, by more keys than are needed": `
gold t {
  from bronze.months as m
  left join many bronze.subs as s on m.month >= s.first and m.month < s.last
  group by m.month, m.year, s.plan { mrr = sum(s.amount) }
}`,
  "a value of one side by a part of the key of the other that is enough": `
gold t {
  from bronze.orders as o
  join many bronze.items as i on i.order_id == o.order_id
  group by i.item { shipping = sum(o.shipping) }
}`,
  "what looks at the groups without adding them up": `
gold t { from silver.mrr group by year { a = avg(mrr), b = min(mrr), c = max(mrr), d = count(mrr), e = sum(known) } }`,
  "a number of rows added up over groups": "gold t { from silver.mrr group by year { rows = sum(rows) } }",
  "adding up groups that do not share a value": "gold t { from silver.by_plan group by month { mrr = sum(mrr) } }",
  "groups added up on purpose":
    "gold t { from silver.mrr group by year { mrr = sum(mrr) per row, a = sum(mrr) per month } }",
  "each row on purpose, with a filter on either side": `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group by i.product {
    a = sum(o.shipping) per row
    b = avg(o.shipping) per row where i.quantity > 1
    c = sum(o.shipping) where i.quantity > 1 per row
    d = count(o.delivered) per row
  }
}`,
  "what was counted by each row, added up": `
silver s {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group by i.product { shipping = sum(o.shipping) per row }
}
gold t { from silver.s group { shipping = sum(shipping) } }`,
  "each combination of columns that tell more apart than the values": `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  join many bronze.payments as p on p.order_id == i.order_id
  group by o.customer_id { shipping = sum(o.shipping) per (i.order_id, i.item) }
}`,
  "conditions of a coarser grain, which count rows": `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group {
    a = count_if(o.status == Status.open)
    b = count() where o.status == Status.open
    c = sum(if(o.status == Status.open, 1, 0))
    d = avg(if(o.status == Status.open, 1.00, 0))
    e = bool_or(o.status == Status.open)
  }
}`,
};

it.each(Object.entries(accepted))("%s is accepted", (_, text) => {
  expect(errorsOf(RANGES + text)).toEqual([]);
});

const refused: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "summing groups that share values": [
    "gold t { from silver.mrr group by year { mrr = «sum(mrr)», mean = sum(mean) } }",
    "overlapping-groups",
  ],
  "summing them over keys that do not separate them": [
    "gold t { from silver.by_plan group by year { mrr = «sum(mrr)» } }",
    "overlapping-groups",
  ],
  "summing them later, after sums, averages and extremes of them": [
    `
silver years { from silver.mrr group by year { mean = avg(mrr) } }
silver plans { from silver.by_plan group by month { mrr = sum(mrr) } }
gold t { from silver.years group { mean = «sum(mean)» } }
gold peaks { from silver.mrr group by year { peak = max(known + mrr) } group { peak = «sum(peak)» } }
gold u { from silver.plans group { mrr = «sum(mrr)» } }`,
    "overlapping-groups",
    "overlapping-groups",
    "overlapping-groups",
  ],
  "summing them after arithmetic, renaming and a choice of rows": [
    `
gold t { from silver.mrr derive { m = mrr * 2 - 1 } select { n = m / rows, year } group by year { n = «sum(n)» } }
gold u { from silver.by_plan distinct on month latest by plan group by year { mrr = «sum(mrr)» } }
gold v { from silver.mrr select { mrr, month } distinct group { mrr = sum(mrr) } }`,
    "overlapping-groups",
    "overlapping-groups",
  ],
  "summing rejected sums, which is not a second error": [
    `
silver plans { from bronze.subs select { amount, plan } distinct group by plan { paid = «sum(amount)» } }
gold t { from silver.plans group { paid = sum(paid) } }`,
    "merged-values",
  ],
  "summing ratios of them": [
    `
silver s {
  from bronze.months as m
  join many bronze.subs as s on m.month >= s.first and m.month < s.last
  group by m.month { arpu = sum(s.amount) / count() }
}
gold t { from silver.s group { arpu = «sum(arpu)» } }`,
    "overlapping-groups",
  ],
  "summing what `per` counted in several groups": [
    `
silver s {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group by i.product { paid = sum(p.value) per (p.order_id, p.part) }
}
gold t { from silver.s group { paid = «sum(paid)» } }`,
    "overlapping-groups",
  ],
  "the side of a self join that the groups are made of": [
    `
gold t {
  from bronze.daily as d
  join many bronze.daily as p on p.day between add_days(d.day, -6) and d.day
  group by d.day { rides = «sum(d.rides)» }
}`,
    "fan-out",
  ],
  "a key of a left join, which may be null in several rows": [
    `
gold t {
  from bronze.orders as o
  left join many bronze.items as i on i.order_id == o.order_id
  group by i.order_id { shipping = «sum(o.shipping)» }
}`,
    "fan-out",
  ],
  "a flag of a coarser grain converted to numbers other than one": [
    `
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group { open = «sum(if(o.status == Status.open, 5, 0))» }
}`,
    "fan-out",
  ],
  "each row merged by `distinct`": [
    "gold t { from bronze.items select { product, price } distinct group by product { total = «sum(price) per row» } }",
    "merged-values",
  ],
};

it.each(Object.entries(refused))("%s is refused", (_, [marked, ...codes]) => {
  const { text, errors } = expectedErrors(RANGES + marked, codes);
  expect(errorsOf(text)).toEqual(errors);
});

function errorsIn(text: string): readonly Diagnostic[] {
  return checkShop(RANGES + text).diagnostics.filter((each) => each.severity === "error");
}

/** The choices, with the text that each inserts. */
function choicesOf(found: Diagnostic | undefined): readonly string[] {
  return (found?.choices ?? []).map(({ title, edits }) => [title, ...edits.map(({ text }) => text)].join(" |"));
}

it("a coarser value has two meanings, which are choices and not a fix", () => {
  const [found] = errorsIn(`
gold t {
  from bronze.items as i
  join one bronze.orders as o on o.order_id == i.order_id
  group by i.product { shipping = sum(o.shipping) }
}`);
  expect(found?.message).toBe(
    "sum counts values of shipping more than once: there is one value per order_id, but one row per order_id, item",
  );
  expect(found?.fix).toBeUndefined();
  expect(choicesOf(found)).toEqual([
    "Count it once per order_id: add `per i.order_id` | per i.order_id",
    "Count it once per row (order_id, item): add `per row` | per row",
  ]);
});

it("each choice leads to a valid program, also before a filter", () => {
  const text = `${RANGES}
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group by i.product { paid = sum(p.value) where i.item > 1 }
}`;
  const [found] = checkShop(text).diagnostics;
  const choices = (found?.choices ?? []).filter(({ edits }) => edits.length > 0);
  expect(choices).toHaveLength(2);
  for (const { edits } of choices) {
    const [edit] = edits;
    const at = (edit?.span.start ?? 0) - (checkedText(text).length - text.length);
    expect(errorsOf(`${text.slice(0, at)}${edit?.text}${text.slice(at)}`)).toEqual([]);
  }
});

/** The text of the whole file that `checkShop` checks. */
function checkedText(text: string): string {
  return [...checkShop(text).sources.values()].find((each) => each.text.endsWith(text))?.text ?? text;
}

it("suggests to aggregate first if that makes the join one to one, but not for a range condition", () => {
  const [facts] = errorsIn(`
gold t {
  from bronze.items as i
  join many bronze.payments as p on p.order_id == i.order_id
  group by i.order_id { paid = sum(p.value) }
}`);
  expect(choicesOf(facts).at(-1)).toBe("Aggregate bronze.payments to one row per order_id before the join");
  const [range] = errorsIn(`
gold t {
  from bronze.daily as d
  join many bronze.daily as p on p.day between add_days(d.day, -6) and d.day
  group { rides = sum(p.rides) }
}`);
  expect(range?.message).toBe(
    "sum counts values of p.rides more than once: there is one value per p.day, but one row per d.day, p.day",
  );
  expect(choicesOf(range)).toEqual([
    "Count it once per p.day: add `per p.day` | per p.day",
    "Count it once per row (d.day, p.day): add `per row` | per row",
  ]);
});

it("reports what is counted again, and over which groups", () => {
  const [found] = errorsIn("gold t { from silver.by_plan group by year { mrr = sum(mrr) } }");
  expect(found?.message).toBe(
    "sum counts amount of bronze.subs more than once: mrr includes it in each month it belongs to, " +
      "and several of those are added up here",
  );
  expect(found?.related.map((each) => each.message)).toEqual([
    "this `group` counts amount of bronze.subs in each month, year, plan it belongs to",
  ]);
  expect(choicesOf(found)).toEqual([
    "Count each value once: aggregate amount of bronze.subs by these keys, not mrr",
    "Compare the groups instead of adding them up: write `avg(…)`, `min(…)` or `max(…)`",
    "Count it once per group that is added up: add `per row` | per row",
  ]);
});

it("`row` alone means each row; in parentheses, in backticks or after an alias it is a column", () => {
  const perOf = (text: string) => {
    const group = tableOf(
      `${RANGES}gold t { from bronze.months as m group { n = count(m.year) per ${text} } }`,
    ).steps.at(-1);
    const value = group?.kind === "group" ? group.aggregates[0]?.value : undefined;
    return value?.kind === "aggregate" ? (value.perRow ?? value.per?.map((each) => each.name)) : undefined;
  };
  expect(perOf("row")).toBe(true);
  expect(errorsOf(`${RANGES}gold t { from bronze.months as m group { n = max(m.year) per month } }`)).toEqual([]);
  for (const column of ["(row)", "`row`", "m.row", "(m.row, month)"]) {
    const errors = errorsIn(`gold t { from bronze.months as m group { n = count(m.year) per ${column} } }`);
    expect(errors.map((each) => each.code)).toEqual(column.includes("month") ? [] : ["per-not-a-key"]);
  }
  const text = "gold t {\n  from bronze.months\n  group { a = sum(year) per row, b = sum(year) per (row) }\n}\n";
  expect(format({ path: "a.medal", text })).toBe(text);
});
