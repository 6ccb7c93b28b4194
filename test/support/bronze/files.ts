/**
 * Unusual bronze files of every kind, with the expected content. Their columns: `id: int, a: string?, b: string?`, and for
 * some also `c: string(3), d: string(3)?`.
 */

export interface BronzeFile extends Reading {
  readonly kind: "csv" | "jsonl";
  readonly text: string | Buffer;
  /** The columns that the table declares; all three by default. */
  readonly columns?: readonly string[];
}

export interface Reading {
  readonly rows: readonly Values[];
  readonly aside?: readonly Aside[];
}

/** In the order of the columns. */
type Values = readonly (number | string | null)[];
/** The text of a malformed record, or the values of another rejected row with the reason. */
type Aside = string | readonly [values: readonly (string | null)[], reason: string];

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
const alone = (id: string): Aside => [[id, null, null], "id is not int"];

export const bronzeFiles: Readonly<Record<string, BronzeFile>> = {
  "empty and quoted empty fields": csv('id,a,b\n1,,\n2,"",""\n3," ", \n"4",x,"y"\n,p,q\n"",p,q\n', {
    rows: [
      [1, null, null],
      [2, "", ""],
      [3, " ", " "],
      [4, "x", "y"],
    ],
    aside: [
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
      aside: [[["#7", "a", "b"], "id is not int"]],
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
      aside: [
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
      aside: [
        [["2", "é😀e\u0301", ""], "c is not string(3)"],
        [["4", null, "abc"], "c is missing"],
      ],
    },
    { columns: ["id", "c", "d"] },
  ),
  "too few and too many fields": csv('id,a,b\n1,a\n2,a,b,c\n3,a,b\n4,a,b,\n5\n6,"x\ny"\n,,\n', {
    rows: [[3, "a", "b"]],
    aside: ["1,a", "2,a,b,c", "4,a,b,", "5", '6,"x\ny"', [[null, null, null], "id is missing"]],
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
      aside: ["3,a"],
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
    { rows: [[1], [2]], aside: [[["x"], "id is not int"]] },
    { columns: ["id"] },
  ),
  "lines of white space": csv("id,a,b\n   \n1,a,b\n\t\n", { rows: [[1, "a", "b"]], aside: ["   ", "\t"] }),
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
      aside: ["1.0", "1_0", "0x1", "2147483648", "1e3", "\u00a01", "١"].map(alone),
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
  "a quote that never ends": csv('id,a,b\n1,a,b\n2,"x,b\n3,a,b\n', { rows: [[1, "a", "b"]], aside: ['2,"x,b\n3,a,b'] }),
  "something behind a closing quote": csv('id,a,b\n1,"x"y,b\n2,"x,y"z,b\n3,a,b\n', {
    rows: [[3, "a", "b"]],
    aside: ['1,"x"y,b', '2,"x,y"z,b'],
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
      aside: [
        ...['{"id":1', "{'id':2}", "{id:3}", "4", '"5"', '{"id":6,}', '{"id":07}', '{"id":NaN}', "\u0000"],
        [[null, null, null], "id is missing"],
        [[null, "x", null], "id is missing"],
      ],
    },
  ),
  "more or less than one JSON object in a line": jsonl(
    ['{"id":1} x', '[{"id":2},{"id":3}]', "null", '{"id":4}{"id":5}', '{"id":6}'],
    { rows: [[6, null, null]], aside: ['{"id":1} x', '[{"id":2},{"id":3}]', "null", '{"id":4}{"id":5}'] },
  ),
  "a name twice in a JSON object": jsonl(['{"id":1,"a":"x","a":"y"}'], { rows: [[1, "y", null]] }),
  "bytes that are not UTF-8": csv(Buffer.from("id,a,b\n1,\xff,b\n2,a,b\n", "latin1"), {
    rows: [[2, "a", "b"]],
    aside: ["1,\ufffd,b"],
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
    aside: [[["id", "a", "b"], "id is not int"]],
  }),
  "blank lines in a file of one column": csv(
    'id\n\n1\n\r\n""\n2\n',
    { rows: [[1], [2]], aside: [[[""], "id is missing"]] },
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
    { rows: [[2, "a", "b"]], aside: ["1,\ufffd,a,b"] },
  ),
  "quotes that open and close over many lines": csv(
    'id,a,b\n1,"x\n""\n,""y\n",b\n2,a"b,"\n"\n3,"a\n","b\n"z\n4,a,b\n',
    {
      rows: [
        [1, 'x\n"\n,"y\n', "b"],
        [2, 'a"b', "\n"],
        [4, "a", "b"],
      ],
      aside: ['3,"a\n","b\n"z'],
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
      aside: ['{"id":1},{"id":2}', '{"id":3}]', '{"id":4}}', '{"id":5},"x":{}', '{"id":6},0]}', '{"id":7} // x'],
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
      aside: ['{"id":1,"a":"\\ud83d"}', '{"id":2,"a":"\\ude00\\ud83d"}', '{"id":4,"c":"\\udc00"}'],
    },
  ),
  "bytes in JSON lines that are not UTF-8": {
    kind: "jsonl",
    text: Buffer.from('{"id":1,"c":"\xff"}\n{"id":2,"a":"\xc3\xa9","b":[1.0, {"x":1e2}]}\n', "latin1"),
    rows: [[2, "é", '[1.0, {"x":1e2}]']],
    aside: ['{"id":1,"c":"\ufffd"}'],
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
    aside: [[[null, "x", null], "id is missing"]],
  }),
  "a JSON array over many lines, after a byte order mark": {
    kind: "jsonl",
    text: '\ufeff\r\n [\r\n  {\r\n    "id": 1,\r\n    "a": {\r\n "x": [1.0,\r\n 2] }\r\n  } \r\n]\r\n',
    rows: [[1, '{\r\n "x": [1.0,\r\n 2] }', null]],
  },
  "an empty JSON array": jsonl([" [ ", " ] "], { rows: [] }),
};
