import { type BronzeCase, bytes, LONG, malformed, TEXTS, testBronze } from "./bronze.ts";
import type { Row } from "./project.ts";

const line = (...lines: readonly string[]) => lines.map((each) => `${each}\n`).join("");
const texts = (...values: readonly (string | null)[]) => values.map((value, at): Row => [String(at + 1), value]);

/** Invalid JSON that other parsers accept. */
const LET_PASS: readonly string[] = [
  '{"id":1,"name":"a",}',
  '{"id":1,"name":"a", }',
  '{"id":1,"name":"a",\t}',
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
];

const broken = (problem: string) => [`source-json-invalid: self cannot be read as JSON: ${problem}`];

const cases: Readonly<Record<string, BronzeCase>> = {
  "a byte order mark at the start of a later line makes it malformed": {
    file: line('{"id":1,"name":"a"}', '\ufeff{"id":2,"name":1.50}', '{"id":3,"name":"\ufeffx"}'),
    rows: [
      ["1", "a", null],
      ["3", "\ufeffx", null],
    ],
    rejected: [malformed('\ufeff{"id":2,"name":1.50}')],
  },
  "names in any order, missing ones and null": {
    file: line('{"price":"1.50","id":1,"name":"a"}', '{"id":"2"}', '{"name":null,"id":3,"price":2}'),
    rows: [
      ["1", "a", "1.50"],
      ["2", null, null],
      ["3", null, "2.00"],
    ],
  },
  "undeclared members are ignored, also those with another case": {
    file: line('{"x":{"id":7},"id":1,"Name":"a","NAME":"b"}'),
    rows: [["1", null, null]],
  },
  "values in their original notation": {
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
  "escapes are decoded": {
    columns: TEXTS,
    file: line(
      '{"id":1,"name":"\\u00e9\\ud83d\\ude00"}',
      '{"id":2,"name":"\\"\\\\\\/\\b\\f\\n\\r\\t"}',
      '{"i\\u0064":3,"name":"São 😀"}',
      '{"id":4,"name":"\\\\u0041 {\\"a\\":1.0} [1.5"}',
    ),
    rows: texts("é😀", '"\\/\b\f\n\r\t', "São 😀", '\\u0041 {"a":1.0} [1.5'),
  },
  "the last of two members with the same name counts": {
    columns: TEXTS,
    file: line(
      '{"id":1,"name":"a","name":"b"}',
      '{"id":2,"name":1.5,"name":2.5}',
      '{"id":3,"id":4,"name":null,"name":"c"}',
      '{"id":5,"name":"d"}',
    ),
    rows: [
      ["1", "b"],
      ["2", "2.5"],
      ["4", "c"],
      ["5", "d"],
    ],
  },
  "an array with an object in each line": {
    file: '[\n{"id":1,"name":"a"},\n{"id":2,"name":"b"},\n{"id":3}\n]\n',
    rows: texts("a", "b", null).map((row) => [...row, null]),
  },
  "an array in one line": {
    columns: TEXTS,
    file: ' [{"id":1,"name":1.50},{"id":2,"name":"],[\\"}"} , {"id":3,"name":[{"x":[]}]}]',
    rows: texts("1.50", '],["}', '[{"x":[]}]'),
  },
  "an array over many lines": {
    columns: TEXTS,
    file: `\ufeff\r\n${JSON.stringify(
      [
        { id: 1, name: "a" },
        { id: 2, name: { b: [1, 2] } },
      ],
      null,
      2,
    ).replaceAll("\n", "\r\n")}`,
    rows: texts("a", '{\r\n      "b": [\r\n        1,\r\n        2\r\n      ]\r\n    }'),
  },
  "an array without elements": { file: " [ \n ] ", rows: [] },
  "an array with invalid values": {
    file: '[{"id":"x"},{"id":1}]',
    rows: [["1", null, null]],
    rejected: [["id is not int", '{"id":"x","name":null,"price":null}']],
  },
  "half an array": {
    file: '[\n{"id":1},\n{"id":2}\n',
    diagnostics: broken("line 4: the file ends before the `]` of the array"),
  },
  "an array that ends within an object": {
    file: '[{"id":1},\n{"id":2,"name":"a',
    diagnostics: broken("line 2: the file ends within this object"),
  },
  "an array of values that are not objects": {
    file: '[{"id":1},\n2]',
    diagnostics: broken("line 2: an element of the array is not an object"),
  },
  "an array with an extra comma": {
    file: '[{"id":1},\n]',
    diagnostics: broken("line 2: an element of the array is not an object"),
  },
  "an array without a comma": {
    file: '[{"id":1}\n{"id":2}]',
    diagnostics: broken("line 2: there is no comma between two objects"),
  },
  "an array followed by text": {
    file: '[{"id":1}]\n{"id":2}\n',
    diagnostics: broken("line 2: something follows the `]` of the array"),
  },
  "an array with an invalid object": {
    file: "[{\"id\":1},\n{'id':2}]",
    diagnostics: broken("line 2: an element of the array is not a JSON object in UTF-8"),
  },
  "an object over several lines": {
    file: '\n{\n  "id": 1\n}\n',
    diagnostics: broken("its first line is not a complete object"),
  },
  "lines that start or end like those of an array, after an object": {
    columns: TEXTS,
    file: line('{"id":2,"name":"b"}', '{"id":1,"name":"a"},', "]", '[{"id":3,"name":"c"}]'),
    rows: [["2", "b"]],
    rejected: ['{"id":1,"name":"a"},', "]", '[{"id":3,"name":"c"}]'].map(malformed),
  },
  "unpaired surrogates are invalid": {
    columns: TEXTS,
    file: line(
      '{"id":1,"name":"\\ud83d\\ude00"}',
      '{"id":2,"name":"\\ud83d"}',
      '{"id":3,"name":"\\ude00x\\ud83d"}',
      '{"id":4,"name":"\\\\ud83d"}',
    ),
    rows: [
      ["1", "😀"],
      ["4", "\\ud83d"],
    ],
    rejected: ['{"id":2,"name":"\\ud83d"}', '{"id":3,"name":"\\ude00x\\ud83d"}'].map(malformed),
  },
  "carriage returns between tokens, and NUL": {
    columns: TEXTS,
    file: line('{"id":1,\r"name":"a"}', '{"id":2,"name":"\\u0000"}', '\0{"id":3}', '{"id":4,"name":"\u0001"}'),
    rows: [
      ["1", "a"],
      ["2", "\0"],
    ],
    rejected: ['\0{"id":3}', '{"id":4,"name":"\u0001"}'].map(malformed),
  },
  "lines that are not objects": {
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
    rejected: ["x", '{"id":2', "[1]", "1", '"x"', "null", '{"id":3} {"id":4}', '{"id":1,"name":"a"}}'].map(malformed),
  },
  "invalid JSON that other readers accept": {
    columns: TEXTS,
    file: line(...LET_PASS),
    rows: [],
    rejected: LET_PASS.map(malformed),
  },
  "spaces around tokens": {
    columns: TEXTS,
    file: line(' { "id" : 1 , "name" : "a" } ', '\t{"id":\t2,"name":"b"}\t', '{ "id" : 3.0 , "name" : [ 1 ] }'),
    rows: [
      ["1", "a"],
      ["2", "b"],
      ["3.0", "[ 1 ]"],
    ],
  },
  "blank lines are not records": {
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
    rejected: [
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
  "invalid UTF-8": {
    columns: TEXTS,
    file: bytes('{"id":1,"name":"a"}\n{"id":2,"name":"', [0xe9], '"}\n{"id":3,"name":"c"}\n'),
    rows: [
      ["1", "a"],
      ["3", "c"],
    ],
    rejected: [malformed('{"id":2,"name":"\ufffd"}')],
  },
};

testBronze("json", cases);
