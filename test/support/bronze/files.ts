/**
 * Unusual bronze files of every kind, with the expected content. Their columns: `id: int, a: string?, b: string?`, and for
 * some also `c: string(3), d: string(3)?`.
 */

export interface BronzeFile extends Reading {
  readonly kind: "csv" | "jsonl";
  readonly text: string | Buffer;
  /** The columns that the table declares; all three by default. */
  readonly columns?: readonly string[];
  /** Types by column, in place of the three. */
  readonly types?: Readonly<Record<string, string>>;
}

export interface Reading {
  readonly rows: readonly Values[];
  readonly rejected?: readonly Rejected[];
}

/** In the order of the columns. */
type Values = readonly (number | string | null)[];
/** The text of a malformed record, or the values of another rejected row with the reason. */
type Rejected = string | readonly [values: readonly (string | null)[], reason: string];

const csv = (text: string | Buffer, reading: Reading, more: Partial<BronzeFile> = {}): BronzeFile => ({
  kind: "csv",
  text,
  ...reading,
  ...more,
});
const jsonl = (lines: readonly string[], reading: Reading, more: Partial<BronzeFile> = {}): BronzeFile => ({
  kind: "jsonl",
  text: lines.map((line) => `${line}\n`).join(""),
  ...reading,
  ...more,
});
const alone = (id: string): Rejected => [[id, null, null], "id is not int"];

/** As MongoDB's tools and drivers write documents. */
const EXTENDED = {
  id: "int",
  ref: "string?",
  at: "timestamp?",
  day: "date?",
  price: "decimal(10,2)?",
  n: "long?",
  x: "double?",
};
const OBJECT_ID = "5a72637f4f0c3b2a1c9d8e7f";

export const bronzeFiles: Readonly<Record<string, BronzeFile>> = {
  "empty and quoted empty fields": csv('id,a,b\n1,,\n2,"",""\n3," ", \n"4",x,"y"\n,p,q\n"",p,q\n', {
    rows: [
      [1, null, null],
      [2, "", ""],
      [3, " ", " "],
      [4, "x", "y"],
    ],
    rejected: [
      [[null, "p", "q"], "id is missing"],
      [["", "p", "q"], "id is missing"],
    ],
  }),
  "commas, quotes and line breaks in fields": csv(
    'id,a,b\n1,"a,b","c""d"\n2,"x\ny","x\r\ny"\n3,"""",""""""\n4,a"b,a""b\n5,\\,"\\"\n6,#,\'\n#7,a,b\n',
    {
      rows: [
        [1, "a,b", 'c"d'],
        [2, "x\ny", "x\r\ny"],
        [3, '"', '""'],
        [4, 'a"b', 'a""b'],
        [5, "\\", "\\"],
        [6, "#", "'"],
      ],
      rejected: [[["#7", "a", "b"], "id is not int"]],
    },
  ),
  "texts up to their maximum length, and longer ones": csv(
    'id,c,d\n1,abc,\n2,é😀é,"é😀é"\n3,abcd,\n4,a,abcd\n5,,abcd\n6,"    ",\n7,"",""\n8,abcd,"    "\n',
    {
      rows: [
        [1, "abc", null],
        [2, "é😀é", "é😀é"],
        [7, "", ""],
      ],
      rejected: [
        [["3", "abcd", null], "c is not string(3)"],
        [["4", "a", "abcd"], "d is not string(3)"],
        [["5", null, "abcd"], "c is missing; d is not string(3)"],
        [["6", "    ", null], "c is not string(3)"],
        [["8", "abcd", "    "], "c is not string(3); d is not string(3)"],
      ],
    },
    { columns: ["id", "c", "d"] },
  ),
  "texts of JSON up to their maximum length, and longer ones": jsonl(
    ['{"id":1,"c":"abc"}', '{"id":2,"c":"é😀e\u0301","d":""}', '{"id":3,"c":"","d":"abc"}', '{"id":4,"d":"abc"}'],
    {
      rows: [
        [1, "abc", null],
        [3, "", "abc"],
      ],
      rejected: [
        [["2", "é😀e\u0301", ""], "c is not string(3)"],
        [["4", null, "abc"], "c is missing"],
      ],
    },
    { columns: ["id", "c", "d"] },
  ),
  "too few and too many fields": csv('id,a,b\n1,a\n2,a,b,c\n3,a,b\n4,a,b,\n5\n6,"x\ny"\n,,\n', {
    rows: [[3, "a", "b"]],
    rejected: ["1,a", "2,a,b,c", "4,a,b,", "5", '6,"x\ny"', [[null, null, null], "id is missing"]],
  }),
  "a byte order mark and a header in another order": csv('\ufeff"b",other,id,ID,a\nB,x,1,9,A\nB,,2,,\n', {
    rows: [
      [1, "A", "B"],
      [2, null, "B"],
    ],
  }),
  "lines that end in CRLF, the last one in nothing": csv(
    'id,a,b\r\n1,a,b\r\n2,"x\r\ny","x\ny"\r\n3,a\r\n\r\n4,a,\r\n5,"q",""\r\n6,"q",r',
    {
      rows: [
        [1, "a", "b"],
        [2, "x\r\ny", "x\ny"],
        [4, "a", null],
        [5, "q", ""],
        [6, "q", "r"],
      ],
      rejected: ["3,a"],
    },
  ),
  "lines that end now in LF, now in CRLF": csv("id,a,b\n1,a,b\r\n2,a,b\n\n\r\n3,a,b\r\n", {
    rows: [
      [1, "a", "b"],
      [2, "a", "b"],
      [3, "a", "b"],
    ],
  }),
  "lines that end now in CRLF, now in LF": csv("id,a,b\r\n1,a,b\n2,a,b\r\n3,a,b\n", {
    rows: [
      [1, "a", "b"],
      [2, "a", "b"],
      [3, "a", "b"],
    ],
  }),
  "one column, in lines that end in CRLF": csv(
    "id\r\n1\r\n\r\n2\r\nx\r\n",
    { rows: [[1], [2]], rejected: [[["x"], "id is not int"]] },
    { columns: ["id"] },
  ),
  "lines of white space": csv("id,a,b\n   \n1,a,b\n\t\n", { rows: [[1, "a", "b"]], rejected: ["   ", "\t"] }),
  "a header alone": csv("id,a,b\n", { rows: [] }),
  "what a number may look like": csv(
    'id,a,b\n" 1\t",,\n+2,,\n-3,,\n007,,\n1.0,,\n1_0,,\n0x1,,\n2147483648,,\n1e3,,\n\u00a01,,\n١,,\n',
    {
      rows: [
        [1, null, null],
        [2, null, null],
        [-3, null, null],
        [7, null, null],
      ],
      rejected: ["1.0", "1_0", "0x1", "2147483648", "1e3", "\u00a01", "١"].map(alone),
    },
  ),
  "characters of every kind": csv("id,a,b\n1,👩‍👩‍👧,\u0301\n2,\u2028,\u0085\n3,\u0001,\t\n", {
    rows: [
      [1, "👩‍👩‍👧", "\u0301"],
      [2, "\u2028", "\u0085"],
      [3, "\u0001", "\t"],
    ],
  }),
  "a carriage return at the end of a quoted field": csv('id,a,b\n1,"x\r",b\n2,a,"x\r"\n3,a,"\r\n"\n', {
    rows: [
      [1, "x\r", "b"],
      [2, "a", "x\r"],
      [3, "a", "\r\n"],
    ],
  }),
  "a quote that never ends": csv('id,a,b\n1,a,b\n2,"x,b\n3,a,b\n', {
    rows: [[1, "a", "b"]],
    rejected: ['2,"x,b\n3,a,b'],
  }),
  "something behind a closing quote": csv('id,a,b\n1,"x"y,b\n2,"x,y"z,b\n3,a,b\n', {
    rows: [[3, "a", "b"]],
    rejected: ['1,"x"y,b', '2,"x,y"z,b'],
  }),
  "JSON values of every kind": jsonl(
    [
      '{"id":1,"a":"x","b":"y","c":"z"}',
      '{"id":"2","a":1.50,"b":1e3}',
      '{"id":3,"a":true,"b":{"x": [1, 2.0],  "y":null}}',
      ' { "id" : 4 , "a" : null } ',
      '{"id":5,"a":"","b":"\\u00e9\\ud83d\\udc69\\n\\"\\\\/"}',
      '{"id":6,"a":12345678901234567890.123456789,"b":-0}',
      '{"id":7,"A":"x","a.b":"y"}',
      '{"id":8,"a":[],"b":{}}',
    ],
    {
      rows: [
        [1, "x", "y"],
        [2, "1.50", "1e3"],
        [3, "true", '{"x": [1, 2.0],  "y":null}'],
        [4, null, null],
        [5, "", 'é👩\n"\\/'],
        [6, "12345678901234567890.123456789", "-0"],
        [7, null, null],
        [8, "[]", "{}"],
      ],
    },
  ),
  "lines that are no JSON object": jsonl(
    [
      ...['{"id":1', "{'id':2}", "{id:3}", "4", '"5"', '{"id":6,}', '{"id":07}', "", "  ", '{"id":8}', '{"id":NaN}'],
      ...["{}", '{"a":"x"}', "\u0000"],
    ],
    {
      rows: [[8, null, null]],
      rejected: [
        ...['{"id":1', "{'id':2}", "{id:3}", "4", '"5"', '{"id":6,}', '{"id":07}', '{"id":NaN}', "\u0000"],
        [[null, null, null], "id is missing"],
        [[null, "x", null], "id is missing"],
      ],
    },
  ),
  "more or less than one JSON object in a line": jsonl(
    ['{"id":1} x', '[{"id":2},{"id":3}]', "null", '{"id":4}{"id":5}', '{"id":6}'],
    { rows: [[6, null, null]], rejected: ['{"id":1} x', '[{"id":2},{"id":3}]', "null", '{"id":4}{"id":5}'] },
  ),
  "a name twice in a JSON object": jsonl(['{"id":1,"a":"x","a":"y"}'], { rows: [[1, "y", null]] }),
  "bytes that are not UTF-8": csv(Buffer.from("id,a,b\n1,\xff,b\n2,a,b\n", "latin1"), {
    rows: [[2, "a", "b"]],
    rejected: ["1,\ufffd,b"],
  }),
  "JSON lines that end in CRLF, after a byte order mark": {
    kind: "jsonl",
    text: '\ufeff{"id":1}\r\n{"id":2,"a":"x"}\r\n',
    rows: [
      [1, null, null],
      [2, "x", null],
    ],
  },
  "blank lines before the header": csv("\n\r\nid,a,b\n1,a,b\n", { rows: [[1, "a", "b"]] }),
  "a header that goes over several lines": csv('\n"x\n\ny",id,a,b\n0,1,"a\n",b\n', { rows: [[1, "a\n", "b"]] }),
  "the header again, as a record": csv("id,a,b\nid,a,b\n1,2,3\n", {
    rows: [[1, "2", "3"]],
    rejected: [[["id", "a", "b"], "id is not int"]],
  }),
  "blank lines in a file of one column": csv(
    'id\n\n1\n\r\n""\n2\n',
    { rows: [[1], [2]], rejected: [[[""], "id is missing"]] },
    { columns: ["id"] },
  ),
  "carriage returns that end no line": csv("id,a,b\n1,x\ry,b\r\r\n2,\r,b\n3,a,b\r", {
    rows: [
      [1, "x\ry", "b\r"],
      [2, "\r", "b"],
      [3, "a", "b"],
    ],
  }),
  "NUL bytes": csv('id,a,b\n1,\0,"x\0y"\n2,\0\0,\n', {
    rows: [
      [1, "\0", "x\0y"],
      [2, "\0\0", null],
    ],
  }),
  "bytes that are not UTF-8 in columns that are not declared": csv(
    Buffer.from("id,x,a,b\n1,\xff,a,b\n2,x,a,b\n", "latin1"),
    { rows: [[2, "a", "b"]], rejected: ["1,\ufffd,a,b"] },
  ),
  "quotes that open and close over many lines": csv(
    'id,a,b\n1,"x\n""\n,""y\n",b\n2,a"b,"\n"\n3,"a\n","b\n"z\n4,a,b\n',
    {
      rows: [
        [1, 'x\n"\n,"y\n', "b"],
        [2, 'a"b', "\n"],
        [4, "a", "b"],
      ],
      rejected: ['3,"a\n","b\n"z'],
    },
  ),
  "JSON lines that begin with an object and go on": jsonl(
    [
      '{"id":1},{"id":2}',
      '{"id":3}]',
      '{"id":4}}',
      '{"id":5},"x":{}',
      '{"id":6},0]}',
      '{"id":7} // x',
      ' {"id":8, "a":1.50}\t',
    ],
    {
      rows: [[8, "1.50", null]],
      rejected: ['{"id":1},{"id":2}', '{"id":3}]', '{"id":4}}', '{"id":5},"x":{}', '{"id":6},0]}', '{"id":7} // x'],
    },
  ),
  "halves of surrogate pairs in JSON": jsonl(
    [
      '{"id":1,"a":"\\ud83d"}',
      '{"id":2,"a":"\\ude00\\ud83d"}',
      '{"id":3,"a":"\\uD83D\\uDE00","b":"\\\\ud83d"}',
      '{"id":4,"c":"\\udc00"}',
    ],
    {
      rows: [[3, "\u{1f600}", "\\ud83d"]],
      rejected: ['{"id":1,"a":"\\ud83d"}', '{"id":2,"a":"\\ude00\\ud83d"}', '{"id":4,"c":"\\udc00"}'],
    },
  ),
  "bytes in JSON lines that are not UTF-8": {
    kind: "jsonl",
    text: Buffer.from('{"id":1,"c":"\xff"}\n{"id":2,"a":"\xc3\xa9","b":[1.0, {"x":1e2}]}\n', "latin1"),
    rows: [[2, "é", '[1.0, {"x":1e2}]']],
    rejected: ['{"id":1,"c":"\ufffd"}'],
  },
  "a JSON array on lines": jsonl(["[", '{"id":1,"a":1.50},', '{"id":2,"b":"],["}', "]"], {
    rows: [
      [1, "1.50", null],
      [2, null, "],["],
    ],
  }),
  "a JSON array on one line": jsonl(['[{"id":1},{"id":2},{"a":"x"}]'], {
    rows: [
      [1, null, null],
      [2, null, null],
    ],
    rejected: [[[null, "x", null], "id is missing"]],
  }),
  "a JSON array over many lines, after a byte order mark": {
    kind: "jsonl",
    text: '\ufeff\r\n [\r\n  {\r\n    "id": 1,\r\n    "a": {\r\n "x": [1.0,\r\n 2] }\r\n  } \r\n]\r\n',
    rows: [[1, '{\r\n "x": [1.0,\r\n 2] }', null]],
  },
  "an empty JSON array": jsonl([" [ ", " ] "], { rows: [] }),
  "Extended JSON: canonical, relaxed, and the older strict form": jsonl(
    [
      `{"_id":{"$oid":"${OBJECT_ID}"},"id":{"$numberInt":"1"},"ref":{"$oid":"${OBJECT_ID}"},"at":{"$date":{"$numberLong":"-1"}},"day":{"$date":{"$numberLong":"1517356800000"}},"price":{"$numberDecimal":"1.50"},"n":{"$numberLong":"9223372036854775807"},"x":{"$numberDouble":"-0.5"}}`,
      `{"id":2,"ref":{"$oid":"${OBJECT_ID}"},"at":{"$date":"2018-01-31T23:59:59.5Z"},"day":{"$date":"1969-07-20T00:00:00Z"},"price":2.5,"n":3,"x":1.5}`,
      '{ "id" : { "$numberLong" : "3" }, "at" : { "$date" : 1517443199999 }, "day" : { "$date" : "1969-07-20T00:00:00.000Z" }, "price" : { "$numberDecimal" : "-3" } }',
      '{"id":"4","ref":{"$numberDecimal":"1.50"},"at":"1900-01-01T00:00:00Z","day":"1900-01-01","price":"4.00","n":{"$numberInt":"4"},"x":{"$numberLong":"4"}}',
      '{"id":5,"at":{"$date":"1899-12-31T21:00:00.250-0300"},"day":{"$date":-62135596800000}}',
      '{"id":6,"at":null,"day":{"$numberInt":""}}',
    ],
    {
      rows: [
        [1, OBJECT_ID, "1969-12-31T23:59:59.999000Z", "2018-01-31", "1.50", "9223372036854775807", "-0.5"],
        [2, OBJECT_ID, "2018-01-31T23:59:59.500000Z", "1969-07-20", "2.50", "3", "1.5"],
        [3, null, "2018-01-31T23:59:59.999000Z", "1969-07-20", "-3.00", null, null],
        [4, "1.50", "1900-01-01T00:00:00.000000Z", "1900-01-01", "4.00", "4", "4.0"],
        [5, null, "1900-01-01T00:00:00.250000Z", "0001-01-01", null, null, null],
        [6, null, null, null, null, null, null],
      ],
    },
    { types: EXTENDED },
  ),
  "Extended JSON that does not fit its column": jsonl(
    [
      '{"id":{"$numberInt":"1"},"day":{"$date":"2018-01-31T12:00:00Z"}}',
      '{"id":{"$numberInt":2}}',
      '{"id":3,"at":{"$date":{"$numberLong":"253402300800000"}}}',
      '{"id":4,"n":{"$timestamp":{"t":1,"i":2}}}',
      '{"id":5,"x":{"$numberDouble":"NaN"}}',
      '{"id":6,"price":{"$numberDecimal":"1.50","x":1}}',
    ],
    {
      rows: [],
      rejected: [
        [["1", null, null, "2018-01-31T12:00:00Z", null, null, null], "day is not date"],
        [['{"$numberInt":2}', null, null, null, null, null, null], "id is not int"],
        [["3", null, '{"$date":{"$numberLong":"253402300800000"}}', null, null, null, null], "at is not timestamp"],
        [["4", null, null, null, null, '{"$timestamp":{"t":1,"i":2}}', null], "n is not long"],
        [["5", null, null, null, null, null, "NaN"], "x is not double"],
        [["6", null, null, null, '{"$numberDecimal":"1.50","x":1}', null, null], "price is not decimal(10,2)"],
      ],
    },
    { types: EXTENDED },
  ),
  "texts of Extended JSON, in documents, lists and strings": jsonl(
    [
      '{"id":1,"a":{"at":{"$date":"2018-01-31T00:00:00Z"}},"b":[{"$oid":"x"}, 1.0]}',
      '{"id":2,"a":{"$uuid":"x"},"b":{"$oid":"x","y":1}}',
      String.raw`{"id":3,"a":"{\"$oid\":\"x\"}","b":"{\u0022\u0024oid\u0022:\u0022x\u0022}"}`,
      String.raw`{"id":4,"a":{"$oid":"\u0078"},"b":{"$oid":""}}`,
      '{"id":5,"a":{"$date":"2018-01-31T00:00:00Z"},"b":{"$date":0}} ',
      '{"id":{"$numberInt":"6"},"a":{"b":{"c":{"d":{"e":{"f":{"g":{"$oid":"x"}}}}}}},"b":{"$oid":"x"}}',
    ],
    {
      rows: [
        [1, '{"at":{"$date":"2018-01-31T00:00:00Z"}}', '[{"$oid":"x"}, 1.0]'],
        [2, '{"$uuid":"x"}', '{"$oid":"x","y":1}'],
        [3, "x", "x"],
        [4, String.raw`{"$oid":"\u0078"}`, ""],
        [5, "2018-01-31T00:00:00Z", "1970-01-01T00:00:00.000Z"],
        [6, '{"b":{"c":{"d":{"e":{"f":{"g":{"$oid":"x"}}}}}}}', "x"],
      ],
    },
  ),
  "Extended JSON in an array": jsonl(['[{"id":{"$numberInt":"1"},"a":{"$numberDecimal":"1.50"}},', '{"id":2}]'], {
    rows: [
      [1, "1.50", null],
      [2, null, null],
    ],
  }),
};
