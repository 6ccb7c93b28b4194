import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunResult } from "../../src/runner/result.ts";
import { createProject, messages, type Project, type Row, sortedRows } from "./project.ts";

/** A file of a bronze relation, and what a table that reads all of it has then. */
interface Case {
  readonly file: string | Buffer;
  /** By default `COLUMNS`. */
  readonly columns?: string;
  /** In any order. None where the table cannot be built. */
  readonly rows?: readonly Row[];
  /** The reason and the record of each row that was set aside; none by default. */
  readonly aside?: readonly Row[];
  /** What the run says, warnings about rejected rows apart. */
  readonly says?: readonly string[];
}

const COLUMNS = "id: int, name: string?, price: decimal(10,2)?";
const TEXTS = "id: string, name: string";

const BYTE_ORDER_MARK = "\u{feff}";
const malformed = (record: string): Row => ["malformed record", record];
const missing = (...names: readonly string[]) =>
  names.map((name) => `source-column-missing: self has no column ${name} in what its source sends`);
const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

const LONG = "x".repeat(300_000);

const csv: Readonly<Record<string, Case>> = {
  "line feeds": {
    file: "id,name,price\n1,a,1.50\n2,b,\n",
    rows: [
      ["1", "a", "1.50"],
      ["2", "b", null],
    ],
  },
  "carriage returns and line feeds": {
    file: "id,name,price\r\n1,a,1.50\r\n2,b,\r\n",
    rows: [
      ["1", "a", "1.50"],
      ["2", "b", null],
    ],
  },
  "both kinds of line breaks in one file": {
    file: 'id,name,price\n1,a,1.50\r\n2,"b",\n3,c,3\r\n',
    rows: [
      ["1", "a", "1.50"],
      ["2", "b", null],
      ["3", "c", "3.00"],
    ],
  },
  "no line break at the end": {
    file: "id,name,price\n1,a,1.50\n2,b,2",
    rows: [
      ["1", "a", "1.50"],
      ["2", "b", "2.00"],
    ],
  },
  "no line break at the end, and nothing in the last field": {
    file: "id,name,price\n1,a,1.50\n2,b,",
    rows: [
      ["1", "a", "1.50"],
      ["2", "b", null],
    ],
  },
  "a byte order mark": { file: `${BYTE_ORDER_MARK}id,name,price\n1,a,1\n`, rows: [["1", "a", "1.00"]] },
  "a byte order mark before a quoted name": {
    file: `${BYTE_ORDER_MARK}"id","name","price"\r\n"1","a","1"\r\n`,
    rows: [["1", "a", "1.00"]],
  },
  "commas and doubled quotes in quotes": {
    file: 'id,name,price\n1,"a, ""b"", c",1\n2,"""",2\n3,"",3\n4,"""""",\n',
    rows: [
      ["1", 'a, "b", c', "1.00"],
      ["2", '"', "2.00"],
      ["3", "", "3.00"],
      ["4", '""', null],
    ],
  },
  "line breaks in quotes stay as they are": {
    file: 'id,name,price\r\n1,"a\nb\r\n\nc",1\r\n2,"\n",2\r\n',
    rows: [
      ["1", "a\nb\r\n\nc", "1.00"],
      ["2", "\n", "2.00"],
    ],
  },
  "what looks like records in a quoted text is none": {
    file: 'id,name,price\n1,"\n7,x,7\n8,y,8\n",1\n2,b,2\n',
    rows: [
      ["1", "\n7,x,7\n8,y,8\n", "1.00"],
      ["2", "b", "2.00"],
    ],
  },
  "a name with a line break in the header": {
    file: 'id,"a\nb",name,price\n1,x,a,1\n',
    rows: [["1", "a", "1.00"]],
  },
  "columns bind by name in any order": {
    file: "price,id,name\n1.50,1,a\n",
    rows: [["1", "a", "1.50"]],
  },
  "columns that are not declared are passed over, also when there are two of a name": {
    file: 'x,id,x,name,,price\n"a""",1,,a,,1\n,2,y,,,\n',
    rows: [
      ["1", "a", "1.00"],
      ["2", null, null],
    ],
  },
  "a column that is not there": { file: "id,price\n1,1\n", says: missing("name") },
  "a column with blanks around its name is another": {
    file: "id,name , price\n1,a,1\n",
    says: missing("name", "price"),
  },
  "a column in other letters is another": { file: "ID,name,price\n1,a,1\n", says: missing("id") },
  "a column that is there twice": {
    file: "id,name,name,price\n1,a,b,1\n",
    says: ["source-column-twice: self has the column name twice in what its source sends"],
  },
  "an empty file": { file: "", says: missing("id", "name", "price") },
  "a byte order mark and nothing else": { file: BYTE_ORDER_MARK, says: missing("id", "name", "price") },
  "a header and nothing else": { file: "id,name,price\n", rows: [] },
  "a header without a line break": { file: "id,name,price", rows: [] },
  "blank lines are no records": {
    file: "id,name,price\n\n1,a,1\n\n\n2,b,2\n\n",
    rows: [
      ["1", "a", "1.00"],
      ["2", "b", "2.00"],
    ],
  },
  "too few and too many fields": {
    file: "id,name,price\n1,a\n2\n3,c,3\n4,d,4,\n5,e,5,x,y\n,,\n",
    rows: [["3", "c", "3.00"]],
    aside: [
      malformed("1,a"),
      malformed("2"),
      malformed("4,d,4,"),
      ["malformed record", expect.stringMatching(/^5,e,5,x/)],
      ["id is missing", '{"id":null,"name":null,"price":null}'],
    ],
  },
  "too few and too many fields where there are quotes": {
    file: 'id,name,price\n1,"a"\n2\n3,"c, c",3\n4,"d",4,\n5,e,5,x\n',
    rows: [["3", "c, c", "3.00"]],
    aside: [malformed('1,"a"'), malformed("2"), malformed('4,"d",4,'), malformed("5,e,5,x")],
  },
  "too few and too many fields where texts span lines": {
    file: 'id,name,price\n1,"a\n,"\n3,"c\nc",3\n4,"d\n",4,\n5,e,5,x\n',
    rows: [["3", "c\nc", "3.00"]],
    aside: [malformed('1,"a\n,"'), malformed('4,"d\n",4,'), malformed("5,e,5,x")],
  },
  "a last record that is too short": {
    file: "id,name,price\n1,a,1\n2,b",
    rows: [["1", "a", "1.00"]],
    aside: [malformed("2,b")],
  },
  "a quote that is not closed": {
    file: 'id,name,price\n1,a,1\n2,"b,2\n3,c,3\n',
    rows: [["1", "a", "1.00"]],
    aside: [["malformed record", expect.stringContaining('2,"b,2')]],
  },
  "something behind a closing quote": {
    file: 'id,name,price\n1,"a"b,1\n2,"b",2\n',
    rows: [["2", "b", "2.00"]],
    aside: [malformed('1,"a"b,1')],
  },
  "a quote inside of a field that has none at its start is a character": {
    file: 'id,name,price\n1,a"b,1\n2,5" x 3",2\n3,"c",3\n',
    rows: [
      ["1", 'a"b', "1.00"],
      ["2", '5" x 3"', "2.00"],
      ["3", "c", "3.00"],
    ],
  },
  "an empty field is null, an empty text is not": {
    columns: `${COLUMNS}, note: string`,
    file: 'id,name,price,note\n1,,,""\n2,"","",x\n3,a,,\n',
    rows: [
      ["1", null, null, ""],
      ["2", "", null, "x"],
    ],
    aside: [["note is missing", '{"id":"3","name":"a","price":null,"note":null}']],
  },
  "without quotes an empty field is null too": {
    columns: TEXTS,
    file: "id,name\n1,\n,a\n2,b\n",
    rows: [["2", "b"]],
    aside: [
      ["id is missing", '{"id":null,"name":"a"}'],
      ["name is missing", '{"id":"1","name":null}'],
    ],
  },
  "texts keep their blanks, other types do not mind them": {
    file: "id,name,price\n 1\t, a ,  1.5 \n2,   , \n",
    rows: [
      ["1", " a ", "1.50"],
      ["2", "   ", null],
    ],
  },
  "what other tools take for null, comments or escapes is text": {
    file: 'id,name,price\n1,NULL,1\n2,\\N,2\n3,#x,3\n4,a\\,4\n5,"a\\",5\n6,NaN,6\n7,\'a,7\n',
    rows: [
      ["1", "NULL", "1.00"],
      ["2", "\\N", "2.00"],
      ["3", "#x", "3.00"],
      ["4", "a\\", "4.00"],
      ["5", "a\\", "5.00"],
      ["6", "NaN", "6.00"],
      ["7", "'a", "7.00"],
    ],
  },
  "texts that do not fit their types, with all the reasons": {
    columns: "id: int, price: decimal(4,2)?, day: date?, ok: bool?, kind: Kind?",
    file: [
      "id,price,day,ok,kind",
      "1,1.5,2020-02-29,true,small",
      "x,y,z,maybe,huge",
      ",100.00,2019-02-29,,",
      "2147483648,,,,",
      "",
    ].join("\n"),
    rows: [["1", "1.50", "2020-02-29", "true", "small"]],
    aside: [
      [
        "id is not int; price is not decimal(4,2); day is not date; ok is not bool; kind is not Kind",
        '{"id":"x","price":"y","day":"z","ok":"maybe","kind":"huge"}',
      ],
      [
        "id is missing; price is not decimal(4,2); day is not date",
        '{"id":null,"price":"100.00","day":"2019-02-29","ok":null,"kind":null}',
      ],
      ["id is not int", '{"id":"2147483648","price":null,"day":null,"ok":null,"kind":null}'],
    ],
  },
  "a long text": {
    file: `id,name,price\n1,${LONG},1\n2,"${LONG}",2\n`,
    rows: [
      ["1", LONG, "1.00"],
      ["2", LONG, "2.00"],
    ],
  },
  "texts of every script": {
    file: "id,name,price\n1,São Paulo 😀 שלום\u200f \u{10ffff},1\n2,\u2028,2\n",
    rows: [
      ["1", "São Paulo 😀 שלום\u200f \u{10ffff}", "1.00"],
      ["2", "\u2028", "2.00"],
    ],
  },
  "bytes that are no UTF-8": {
    file: bytes("id,name,price\n1,a,1\n2,", [0xe9], ",2\n3,c,3\n"),
    rows: [
      ["1", "a", "1.00"],
      ["3", "c", "3.00"],
    ],
    aside: [["malformed record", expect.stringMatching(/^2,/)]],
  },
  "bytes that are no UTF-8 where there are quotes": {
    file: bytes('id,name,price\n1,"a",1\n2,"', [0xff, 0xfe], '",2\n3,c,3\n'),
    rows: [
      ["1", "a", "1.00"],
      ["3", "c", "3.00"],
    ],
    aside: [["malformed record", expect.stringMatching(/^2,/)]],
  },
  "one column": {
    columns: "id: int",
    file: "id\n1\nx\n2\n",
    rows: [["1"], ["2"]],
    aside: [["id is not int", '{"id":"x"}']],
  },
};

const line = (...lines: readonly string[]) => lines.map((each) => `${each}\n`).join("");
const texts = (...values: readonly (string | null)[]) => values.map((value, at): Row => [String(at + 1), value]);

const json: Readonly<Record<string, Case>> = {
  "names in any order, missing ones and null": {
    file: line('{"price":"1.50","id":1,"name":"a"}', '{"id":"2"}', '{"name":null,"id":3,"price":2}'),
    rows: [
      ["1", "a", "1.50"],
      ["2", null, null],
      ["3", null, "2.00"],
    ],
  },
  "members that are not declared are passed over, so are those in other letters": {
    file: line('{"x":{"id":7},"id":1,"Name":"a","NAME":"b"}'),
    rows: [["1", null, null]],
  },
  "values as they are written": {
    columns: TEXTS,
    file: line(
      '{"id":1,"name":1.10}',
      '{"id":2,"name":1e2}',
      '{"id":3,"name":12345678901234567890123.456000}',
      '{"id":4,"name":-0}',
      '{"id":5,"name":true}',
      '{"id":6,"name":{"a": 1.0,  "b":[1,2 ]}}',
      '{"id":7,"name":[ ]}',
      '{"id":8,"name":""}',
      '{"id":9,"name":123456789012345678901234567890}',
    ),
    rows: texts(
      ...["1.10", "1e2", "12345678901234567890123.456000", "-0", "true", '{"a": 1.0,  "b":[1,2 ]}', "[ ]", ""],
      "123456789012345678901234567890",
    ),
  },
  "escapes are the characters they stand for": {
    columns: TEXTS,
    file: line(
      '{"id":1,"name":"\\u00e9\\ud83d\\ude00"}',
      '{"id":2,"name":"\\"\\\\\\/\\b\\f\\n\\r\\t"}',
      '{"i\\u0064":3,"name":"São 😀"}',
      '{"id":4,"name":"\\\\u0041 {\\"a\\":1.0} [1.5"}',
    ),
    rows: texts("é😀", '"\\/\b\f\n\r\t', "São 😀", '\\u0041 {"a":1.0} [1.5'),
  },
  "of two members with one name the first counts": {
    columns: TEXTS,
    file: line(
      '{"id":1,"name":"a","name":"b"}',
      '{"id":2,"name":1.5,"name":2.5}',
      '{"id":3,"id":4,"name":null,"name":"c"}',
      '{"id":5,"name":"d"}',
    ),
    rows: [
      ["1", "a"],
      ["2", "1.5"],
      ["5", "d"],
    ],
    aside: [["name is missing", '{"id":"3","name":null}']],
  },
  "lines that are no object": {
    columns: TEXTS,
    file: line(
      '{"id":1,"name":"a"}',
      "x",
      '{"id":2',
      "[1]",
      "1",
      '"x"',
      "null",
      '{"id":3} {"id":4}',
      '{"id":1,"name":"a"}}',
    ),
    rows: [["1", "a"]],
    aside: ["x", '{"id":2', "[1]", "1", '"x"', "null", '{"id":3} {"id":4}', '{"id":1,"name":"a"}}'].map(malformed),
  },
  "what other readers let pass for JSON": {
    columns: TEXTS,
    file: line(
      '{"id":1,"name":"a",}',
      "{'id':1,'name':'a'}",
      '{id:1,"name":"a"}',
      '{"id":1,"name":NaN}',
      '{"id":1,"name":Infinity}',
      '{"id":01,"name":"a"}',
      '{"id":+1,"name":"a"}',
      '{"id":.5,"name":"a"}',
      '{"id":1.,"name":"a"}',
      '{"id":1,"name":"a"} // x',
      '{"id":1,"name":/* x */ "a"}',
      '{"id":1,"name":"a\tb"}',
      '{"id":1,"name":"\\x41"}',
      '{"id":1,"name":True}',
    ),
    rows: [],
    aside: [
      '{"id":1,"name":"a",}',
      "{'id':1,'name':'a'}",
      '{id:1,"name":"a"}',
      '{"id":1,"name":NaN}',
      '{"id":1,"name":Infinity}',
      '{"id":01,"name":"a"}',
      '{"id":+1,"name":"a"}',
      '{"id":.5,"name":"a"}',
      '{"id":1.,"name":"a"}',
      '{"id":1,"name":"a"} // x',
      '{"id":1,"name":/* x */ "a"}',
      '{"id":1,"name":"a\tb"}',
      '{"id":1,"name":"\\x41"}',
      '{"id":1,"name":True}',
    ].map(malformed),
  },
  "blanks around tokens": {
    columns: TEXTS,
    file: line(' { "id" : 1 , "name" : "a" } ', '\t{"id":\t2,"name":"b"}\t', '{ "id" : 3.0 , "name" : [ 1 ] }'),
    rows: [
      ["1", "a"],
      ["2", "b"],
      ["3.0", "[ 1 ]"],
    ],
  },
  "blank lines are no records": {
    columns: TEXTS,
    file: '{"id":1,"name":"a"}\n\n\n{"id":2,"name":"b"}\n\n',
    rows: texts("a", "b"),
  },
  "carriage returns before line feeds, no line break at the end": {
    columns: TEXTS,
    file: '{"id":1,"name":"a"}\r\n{"id":2,"name":1.5}\r\n{"id":3,"name":"c"}',
    rows: texts("a", "1.5", "c"),
  },
  "both kinds of line breaks in one file": {
    columns: TEXTS,
    file: '{"id":1,"name":"a"}\n{"id":2,"name":1.5}\r\n{"id":3,"name":"c"}\n',
    rows: texts("a", "1.5", "c"),
  },
  "an empty file has no rows": { file: "", rows: [] },
  "texts that do not fit their types": {
    file: line('{"id":"x","price":1.5}', '{"id":" 1 ","price":""}', '{"id":{"a":1},"name":"a"}', '{"id":2.0}', "{}"),
    rows: [["1", null, null]],
    aside: [
      ["id is not int", '{"id":"x","name":null,"price":"1.5"}'],
      ["id is not int", '{"id":"{\\"a\\":1}","name":"a","price":null}'],
      ["id is not int", '{"id":"2.0","name":null,"price":null}'],
      ["id is missing", '{"id":null,"name":null,"price":null}'],
    ],
  },
  "a long line": {
    columns: TEXTS,
    file: line(`{"id":1,"name":"${LONG}"}`, `{"id":2.5,"name":"${LONG}"}`),
    rows: [
      ["1", LONG],
      ["2.5", LONG],
    ],
  },
  "bytes that are no UTF-8": {
    columns: TEXTS,
    file: bytes('{"id":1,"name":"a"}\n{"id":2,"name":"', [0xe9], '"}\n{"id":3,"name":"c"}\n'),
    rows: [
      ["1", "a"],
      ["3", "c"],
    ],
    aside: [["malformed record", expect.stringMatching(/^\{"id":2,/)]],
  },
};

const cases = [
  ...Object.entries(csv).map(([name, each]) => ({ name: `csv: ${name}`, kind: "csv", ...each })),
  ...Object.entries(json).map(([name, each]) => ({ name: `json: ${name}`, kind: "json", ...each })),
].map((each, at) => ({ ...each, bronze: `b${at}`, path: `b${at}.${each.kind}` }));

const text = cases.map(
  ({ kind, bronze, path, columns = COLUMNS }) =>
    `bronze ${bronze} from files.${kind}("${path}") { ${columns} }\nsilver ${bronze} { from bronze.${bronze} }`,
);

let project: Project;
let result: RunResult;

beforeAll(async () => {
  const files = Object.fromEntries(cases.map(({ path, file }) => [path, file]));
  project = await createProject(["enum Kind { small, large }", ...text].join("\n"), files);
  result = await project.run();
}, 300_000);

afterAll(() => project?.remove());

it.each(cases)("$name", async ({ bronze, rows, aside = [], says = [] }) => {
  const own = messages(result).filter((each) => new RegExp(`\\.${bronze}\\b`).test(each));
  const problems = own.filter((each) => !each.startsWith("rows-rejected"));
  expect(problems.map((each) => each.replaceAll(`bronze.${bronze}`, "self"))).toEqual(says);
  if (rows === undefined) return expect(await project.table(`silver.${bronze}`)).toBeUndefined();

  expect(await project.rows(`silver.${bronze}`)).toEqual(sortedRows(rows));
  const quarantine = (await project.rows(`quarantine.silver.${bronze}`)).map(([source, ...rest]) => {
    expect(source).toBe(`bronze.${bronze}`);
    return rest;
  });
  expect(quarantine).toHaveLength(aside.length);
  expect(quarantine).toEqual(expect.arrayContaining([...aside]));
  const count = aside.length === 1 ? "1 row" : `${aside.length} rows`;
  const warning = `rows-rejected: silver.${bronze} set ${count} of bronze.${bronze} aside that do not fit its columns`;
  expect(own.filter((each) => each.startsWith("rows-rejected"))).toEqual(aside.length === 0 ? [] : [warning]);
});
