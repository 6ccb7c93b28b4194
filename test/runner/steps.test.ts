import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunResult } from "../../src/runner/run-result.ts";
import { createProject, messages, type Project, type Row, resultOf, sortedRows } from "./project.ts";

const BRONZE = `enum Kind { small, large, "very large" }
bronze sales from files.csv("sales.csv") {
  id: int, shop: string?, pieces: int?, price: decimal(10,2)?, day: date?, kind: Kind?
  key id
}
bronze shops from files.csv("shops.csv") { shop: string, city: string?, rank: int  key shop }
bronze visits from files.csv("visits.csv") { shop: string?, visitor: string?, minutes: int? }
bronze nobody from files.csv("nobody.csv") { id: int, pieces: int, note: string?  key id }
bronze values from files.csv("values.csv") {
  s: string, b: bool, i: int, l: long, x: double, d: decimal(38,6), day: date, at: timestamp, k: Kind
  so: string?, bo: bool?, io: int?, lo: long?, xo: double?, do: decimal(5,1)?, dayo: date?, ato: timestamp?, ko: Kind?
}
`;

const FILES = {
  "sales.csv": [
    "id,shop,pieces,price,day,kind",
    "1,a,10,1.50,2020-01-31,small",
    "2,a,,2.25,2020-02-29,large",
    "3,b,30,,2020-01-31,",
    "4,,40,0.10,,very large",
    "5,,,,,",
    "6,c,10,1.50,2020-01-01,small",
    "",
  ].join("\n"),
  "shops.csv": "shop,city,rank\na,Rio,1\nb,,2\nz,Natal,3\n",
  "visits.csv": 'shop,visitor,minutes\na,ann,5\na,bob,7\na,ann,5\nb,,1\n,ann,9\n,ann,9\nb,"",1\nb,,\n',
  "nobody.csv": "id,pieces,note\n",
  "values.csv": [
    "s,b,i,l,x,d,day,at,k,so,bo,io,lo,xo,do,dayo,ato,ko",
    "ñ😀,true,-2147483648,9223372036854775807,-0.5,12345678901234567890123456789012.123456,2020-02-29,2020-02-29T23:59:59.999999Z,very large,,,,,,,,,",
    '"a ""b"", c",false,2147483647,-9223372036854775808,1e-3,0.000001,1999-12-31,1999-12-31 00:00:00,small,"",false,0,0,0.0,0.0,1970-01-01,1970-01-01T00:00:00Z,small',
    "",
  ].join("\n"),
};

interface Case {
  readonly steps: string;
  /** In the table's order if the steps end with a `sort`; otherwise in any order. */
  readonly rows?: readonly Row[];
  readonly schema?: string;
  /** The quarantined rows: source, reason, record. */
  readonly rejected?: readonly Row[];
  /** The expected diagnostics. */
  readonly diagnostics?: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  "where keeps true and drops false and null": {
    steps: "from bronze.sales  where pieces > 10  select { id }",
    rows: [["3"], ["4"]],
    schema: "id integer",
  },
  "where not also drops null": {
    steps: "from bronze.sales  where not (pieces > 10)  select { id }",
    rows: [["1"], ["6"]],
  },
  "where is not null narrows the column": {
    steps: "from bronze.sales  where pieces is not null  select { id, pieces }",
    rows: [
      ["1", "10"],
      ["3", "30"],
      ["4", "40"],
      ["6", "10"],
    ],
    schema: "id integer, pieces integer",
  },
  "where after a join and a derive": {
    steps: `from bronze.sales as s  join one bronze.shops as h on h.shop == s.shop
      derive { double_rank = h.rank * 2 }  where double_rank == 4 or s.id == 1  select { s.id, double_rank }`,
    rows: [
      ["1", "2"],
      ["3", "4"],
    ],
  },
  "derive replaces a column in place, and later columns refer to the new one": {
    steps:
      "from bronze.sales  where id == 1  derive { pieces = (pieces ?? 0) + 1, twice = pieces * 2, id = id + twice }",
    rows: [["23", "a", "11", "1.50", "2020-01-31", "small", "22"]],
    schema: "id integer, shop string?, pieces integer, price decimal(10,2)?, day date?, kind string?, twice integer",
  },
  "derive of a column from itself, repeatedly": {
    steps:
      "from bronze.nobody as n  derive { pieces = pieces + 1 }  derive { pieces = pieces * 2, half = pieces div 2 }",
    rows: [],
    schema: "id integer, pieces integer, note string?, half long",
  },
  "select orders, renames and computes": {
    steps: `from bronze.sales  where id <= 2  select { number = id, total = price * (pieces ?? 0), kind, big = pieces > 5 }`,
    rows: [
      ["1", "15.00", "small", "true"],
      ["2", "0.00", "large", null],
    ],
    schema: "number integer, total decimal(21,2)?, kind string?, big boolean?",
  },
  "distinct treats nulls as equal and different texts as different": {
    steps: "from bronze.visits  distinct",
    rows: [
      ["a", "ann", "5"],
      ["a", "bob", "7"],
      ["b", "", "1"],
      ["b", null, "1"],
      ["b", null, null],
      [null, "ann", "9"],
    ],
  },
  "distinct on keeps the latest, nulls are the smallest": {
    steps: "from bronze.visits  distinct on shop latest by minutes  select { shop, minutes }",
    rows: [
      ["a", "7"],
      ["b", "1"],
      [null, "9"],
    ],
  },
  "distinct on with earliest prefers null": {
    steps: "from bronze.visits  distinct on shop earliest by minutes  select { shop, minutes }",
    rows: [
      ["a", "5"],
      ["b", null],
      [null, "9"],
    ],
  },
  "distinct on several columns, ties are decided by all others": {
    steps: 'from bronze.visits  where shop == "b"  distinct on (shop, minutes) latest by minutes',
    rows: [
      ["b", null, null],
      ["b", null, "1"],
    ],
  },
  "join one drops rows without a match, also for null": {
    steps: "from bronze.sales as s  join one bronze.shops as h on h.shop == s.shop  select { s.id, s.shop, h.city }",
    rows: [
      ["1", "a", "Rio"],
      ["2", "a", "Rio"],
      ["3", "b", null],
    ],
  },
  "left join one keeps them, with nulls": {
    steps:
      "from bronze.sales as s  left join one bronze.shops as h on h.shop == s.shop  select { s.id, s.shop, h.city, h.rank }",
    rows: [
      ["1", "a", "Rio", "1"],
      ["2", "a", "Rio", "1"],
      ["3", "b", null, "2"],
      ["4", null, null, null],
      ["5", null, null, null],
      ["6", "c", null, null],
    ],
    schema: "id integer, shop string?, city string?, rank integer?",
  },
  "join many multiplies": {
    steps: "from bronze.shops as h  join many bronze.visits as v on v.shop == h.shop  select { h.shop, v.visitor }",
    rows: [
      ["a", "ann"],
      ["a", "ann"],
      ["a", "bob"],
      ["b", ""],
      ["b", null],
      ["b", null],
    ],
  },
  "left join many keeps rows without a match": {
    steps:
      "from bronze.shops as h  left join many bronze.visits as v on v.shop == h.shop and v.minutes > 5  select { h.shop, v.minutes }",
    rows: [
      ["a", "7"],
      ["b", null],
      ["z", null],
    ],
  },
  "an inner join merges columns of the same name": {
    steps: 'from bronze.shops as h  join many bronze.visits as v on v.shop == h.shop  where v.visitor == "bob"',
    rows: [["a", "Rio", "1", "bob", "7"]],
    schema: "shop string, city string?, rank integer, visitor string, minutes integer?",
  },
  "so does a left join, and the right side's qualified column is null": {
    steps: `from bronze.shops as h  left join one bronze.sales as s on s.shop == h.shop and s.id == h.rank
      select { h.shop, theirs = s.shop, s.id }`,
    rows: [
      ["a", "a", "1"],
      ["b", null, null],
      ["z", null, null],
    ],
    schema: "shop string, theirs string?, id integer?",
  },
  "a relation joined with itself": {
    steps: `from bronze.sales as a  join one bronze.sales as b on b.id == a.id + 1  where a.pieces == 40 or b.pieces == 40
      select { a.id, next = b.id }`,
    rows: [
      ["3", "4"],
      ["4", "5"],
    ],
  },
  "group treats null as a value, aggregates ignore nulls": {
    steps: `from bronze.sales  group by shop {
      rows = count()  counted = count(pieces)  total = sum(pieces)  revenue = sum(price)  least = min(pieces)
      latest = max(day)  kinds = count_distinct(kind)  average = avg(pieces)  some = count_if(pieces > 10)
    }`,
    rows: [
      ["a", "2", "1", "10", "3.75", "10", "2020-02-29", "2", "10.0", "0"],
      ["b", "1", "1", "30", null, "30", "2020-01-31", "0", "30.0", "1"],
      ["c", "1", "1", "10", "1.50", "10", "2020-01-01", "1", "10.0", "0"],
      [null, "2", "1", "40", "0.10", "40", null, "1", "40.0", "1"],
    ],
    schema:
      "shop string?, rows long, counted long, total long?, revenue decimal(20,2)?, least integer?, latest date?, kinds long, average double?, some long",
  },
  "group with where counts only rows for which it is true": {
    steps: `from bronze.sales  group by shop { all = count()  dear = count() where price > 1.00  sold = sum(pieces) where kind == Kind.small }`,
    rows: [
      ["a", "2", "2", "10"],
      ["b", "1", "0", null],
      ["c", "1", "1", "10"],
      [null, "2", "0", null],
    ],
  },
  "group with per counts each combination once": {
    steps: `from bronze.sales as s  join many bronze.visits as v on v.shop == s.shop
      group by s.shop { rows = count()  pieces = sum(s.pieces) per s.id  dear = count(s.id) per s.id where s.price > 2.00 }`,
    rows: [
      ["a", "6", "10", "1"],
      ["b", "3", "30", "0"],
    ],
  },
  "group by an expression, and a calculation with aggregates": {
    steps: `from bronze.sales  where day is not null  group by month = trunc(day, "month") { share = sum(pieces) / count(), rows = count() }`,
    rows: [
      ["2020-01-01", "16.666666666666668", "3"],
      ["2020-02-01", null, "1"],
    ],
  },
  "group without keys is one row": {
    steps: "from bronze.sales  group { rows = count()  total = sum(pieces) }",
    rows: [["6", "90"]],
  },
  "group without keys over no rows is also one row": {
    steps: "from bronze.nobody  group { rows = count()  total = sum(pieces)  most = max(id) }",
    rows: [["0", null, null]],
    schema: "rows long, total long?, most integer?",
  },
  "group by keys over no rows is no row": {
    steps: "from bronze.nobody  group by note { rows = count() }",
    rows: [],
    schema: "note string?, rows long",
  },
  "a join with an empty table is empty, a left join keeps the rows": {
    steps: "from bronze.shops as h  left join one bronze.nobody as n on n.id == h.rank  select { h.shop, n.note }",
    rows: [
      ["a", null],
      ["b", null],
      ["z", null],
    ],
  },
  "expect else quarantine rejects false and null": {
    steps: `from bronze.sales  expect "many": pieces > 10 else quarantine  select { id, pieces }`,
    rows: [
      ["3", "30"],
      ["4", "40"],
    ],
    rejected: [
      ["self", "many", '{"id":1,"shop":"a","pieces":10,"price":1.50,"day":"2020-01-31","kind":"small"}'],
      ["self", "many", '{"id":2,"shop":"a","pieces":null,"price":2.25,"day":"2020-02-29","kind":"large"}'],
      ["self", "many", '{"id":5,"shop":null,"pieces":null,"price":null,"day":null,"kind":null}'],
      ["self", "many", '{"id":6,"shop":"c","pieces":10,"price":1.50,"day":"2020-01-01","kind":"small"}'],
    ],
    diagnostics: ['rows-quarantined: self quarantined 4 rows that failed the expectation "many"'],
  },
  "decimals below one have a zero before the decimal point in records": {
    steps: `from bronze.sales  select { id, tax = -0.20 }  expect "later": id > 1 else quarantine
      where id == 2  select { id }`,
    rows: [["2"]],
    rejected: [["self", "later", '{"id":1,"tax":-0.20}']],
    diagnostics: ['rows-quarantined: self quarantined 1 row that failed the expectation "later"'],
  },
  "a row is quarantined by the first expectation that it fails, whatever follows": {
    steps: `from bronze.sales  select { id, pieces }
      expect "first": pieces is not null else quarantine
      expect "second": pieces != 10 else quarantine
      where pieces == 1000`,
    rows: [],
    rejected: [
      ["self", "first", '{"id":2,"pieces":null}'],
      ["self", "first", '{"id":5,"pieces":null}'],
      ["self", "second", '{"id":1,"pieces":10}'],
      ["self", "second", '{"id":6,"pieces":10}'],
    ],
    diagnostics: [
      'rows-quarantined: self quarantined 2 rows that failed the expectation "first"',
      'rows-quarantined: self quarantined 2 rows that failed the expectation "second"',
    ],
  },
  "rows are also quarantined if an empty join or a take keeps none": {
    steps: `from bronze.shops as h  select { shop, rank }  expect "ranked": rank != 2 else quarantine
      join one bronze.nobody as n on n.id == rank  select { shop }  sort shop  take 1`,
    rows: [],
    rejected: [["self", "ranked", '{"shop":"b","rank":2}']],
    diagnostics: ['rows-quarantined: self quarantined 1 row that failed the expectation "ranked"'],
  },
  "expect else warn keeps the rows and counts them": {
    steps: `from bronze.sales  expect "many": pieces > 10 else warn  select { id }`,
    rows: [["1"], ["2"], ["3"], ["4"], ["5"], ["6"]],
    rejected: [],
    diagnostics: ['expectation-warned: self has 4 rows that failed the expectation "many"'],
  },
  "expect else fail prevents the build": {
    steps: `from bronze.sales  expect "cheap": price < 2.00 else fail  select { id, price }  key id`,
    diagnostics: [
      expect.stringMatching(
        /^expectation-failed: self has 3 rows that failed the expectation "cheap" \(id [235]\), so it keeps its last version$/,
      ),
    ],
  },
  "sort orders the rows, nulls are the smallest, and take reads no more": {
    steps: "from bronze.sales  select { pieces, id }  sort pieces desc, id",
    rows: [
      ["40", "4"],
      ["30", "3"],
      ["10", "1"],
      ["10", "6"],
      [null, "2"],
      [null, "5"],
    ],
  },
  "take uses the order of the sort, ties by all columns": {
    steps: "from bronze.sales  select { pieces, id }  sort pieces  take 3",
    rows: [
      [null, "2"],
      [null, "5"],
      ["10", "1"],
    ],
  },
  "take of more rows than exist": {
    steps: "from bronze.shops  select { shop }  sort shop desc  take 100",
    rows: [["z"], ["b"], ["a"]],
  },
  "a valid key passes": {
    steps:
      'from bronze.visits  where shop == "a"  select { visitor = visitor ?? "", minutes = minutes ?? 0 }  distinct  key (visitor, minutes)',
    rows: [
      ["ann", "5"],
      ["bob", "7"],
    ],
  },
  "a violated key prevents the build": {
    steps: 'from bronze.visits  select { shop = shop ?? "none", visitor }  key shop',
    diagnostics: ["duplicate-key: self has 3 values of shop more than once (shop a), so self keeps its last version"],
  },
  "values of every type are preserved": {
    steps: "from bronze.values",
    rows: [
      [
        ...["ñ😀", "true", "-2147483648", "9223372036854775807", "-0.5", "12345678901234567890123456789012.123456"],
        ...["2020-02-29", "2020-02-29 23:59:59.999999+00", "very large"],
        ...[null, null, null, null, null, null, null, null, null],
      ],
      [
        ...['a "b", c', "false", "2147483647", "-9223372036854775808", "0.001", "0.000001"],
        ...["1999-12-31", "1999-12-31 00:00:00+00", "small"],
        ...["", "false", "0", "0", "0.0", "0.0", "1970-01-01", "1970-01-01 00:00:00+00", "small"],
      ],
    ],
    schema: [
      "s string, b boolean, i integer, l long, x double, d decimal(38,6), day date, at timestamp, k string",
      "so string?, bo boolean?, io integer?, lo long?, xo double?, do decimal(5,1)?, dayo date?, ato timestamp?, ko string?",
    ].join(", "),
  },
};

const names = Object.keys(cases);
const relationOf = (name: string) => `silver.c${names.indexOf(name)}`;
const text = BRONZE + names.map((name, at) => `silver c${at} {\n  ${cases[name]?.steps}\n}`).join("\n");

let project: Project;
let result: RunResult;

beforeAll(async () => {
  project = await createProject(text, FILES);
  result = await project.run();
}, 180_000);

afterAll(() => project?.remove());

it.each(Object.entries(cases))("%s", async (name, { steps, rows, schema, rejected, diagnostics = [] }) => {
  const relation = relationOf(name);
  const whose = (text: string) => text.replaceAll(relation, "self");
  const own = messages(result).filter((each) => new RegExp(`${relation}\\b`).test(each));
  expect(own.map(whose)).toEqual(diagnostics);

  const table = await project.table(relation);
  const found = resultOf(result, relation);
  expect(found.state).toBe(rows === undefined ? "failed" : "ok");
  if (rows === undefined) return expect(table).toBeUndefined();
  const inOrder = /\bsort\b/.test(steps) ? (each: readonly Row[]) => each : sortedRows;
  expect(inOrder(table?.rows ?? [])).toEqual(inOrder(rows));
  expect(found.rows).toBe(rows.length);
  if (schema !== undefined) expect(table?.schema).toBe(schema);
  if (rejected !== undefined) {
    const quarantine = await project.rows(`quarantine.${relation}`);
    expect(quarantine.map(([source, ...rest]) => [whose(source ?? ""), ...rest])).toEqual(sortedRows(rejected));
  }
});
