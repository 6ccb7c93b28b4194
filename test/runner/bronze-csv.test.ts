import { type BronzeCase, bytes, LONG, malformed, TEXTS, testBronze } from "./bronze.ts";

const BYTE_ORDER_MARK = "\u{feff}";
const missing = (names: string, firstLine: string) => [
  `source-column-missing: self reads ${names}, which FILE does not have${firstLine === "" ? "" : `; its first line is \`${firstLine}\``}`,
];

const cases: Readonly<Record<string, BronzeCase>> = {
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
  "no line break at the end, and an empty last field": {
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
  "line breaks in quotes are preserved": {
    file: 'id,name,price\r\n1,"a\nb\r\n\nc",1\r\n2,"\n",2\r\n',
    rows: [
      ["1", "a\nb\r\n\nc", "1.00"],
      ["2", "\n", "2.00"],
    ],
  },
  "lines in a quoted text are not records": {
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
  "undeclared columns are ignored, also if two have the same name": {
    file: 'x,id,x,name,,price\n"a""",1,,a,,1\n,2,y,,,\n',
    rows: [
      ["1", "a", "1.00"],
      ["2", null, null],
    ],
  },
  "a missing column": { file: "id,price\n1,1\n", diagnostics: missing("name", "id,price") },
  "a column with spaces around its name is another one": {
    file: "id,name , price\n1,a,1\n",
    diagnostics: missing("name, price", "id,name , price"),
  },
  "a column with another case is another one": {
    file: "ID,name,price\n1,a,1\n",
    diagnostics: missing("id", "ID,name,price"),
  },
  "a duplicate column": {
    file: "id,name,name,price\n1,a,b,1\n",
    diagnostics: ["source-column-twice: the source of self sends the column name twice"],
  },
  "an empty file": { file: "", diagnostics: missing("id, name, price", "") },
  "only a byte order mark": { file: BYTE_ORDER_MARK, diagnostics: missing("id, name, price", "") },
  "only a header": { file: "id,name,price\n", rows: [] },
  "a header without a line break": { file: "id,name,price", rows: [] },
  "blank lines are not records": {
    file: "id,name,price\n\n1,a,1\n\n\n2,b,2\n\n",
    rows: [
      ["1", "a", "1.00"],
      ["2", "b", "2.00"],
    ],
  },
  "blank lines before the header": {
    file: "\n\r\n\nid,name,price\n1,a,1.00\n\n2,b,2\n",
    rows: [
      ["1", "a", "1.00"],
      ["2", "b", "2.00"],
    ],
  },
  "blank lines in a file of one column": {
    columns: "id: int?",
    file: 'id\n1\n\n""\n\r\n2\n\n',
    rows: [["1"], [null], ["2"]],
  },
  "carriage returns within lines": {
    file: "id,name,price\n1,a\rb,1\n2,\r,2\r\n3,c,3\r",
    rows: [
      ["1", "a\rb", "1.00"],
      ["2", "\r", "2.00"],
      ["3", "c", "3.00"],
    ],
  },
  "NUL bytes": {
    file: "id,name,price\n1,a\0b,1\n2,\0,2\n",
    rows: [
      ["1", "a\0b", "1.00"],
      ["2", "\0", "2.00"],
    ],
  },
  "invalid UTF-8 in an undeclared column": {
    file: bytes("id,x,name,price\n1,a,a,1\n2,", [0xe9], ",b,2\n"),
    rows: [["1", "a", "1.00"]],
    rejected: [malformed("2,\ufffd,b,2")],
  },
  "too few and too many fields": {
    file: "id,name,price\n1,a\n2\n3,c,3\n4,d,4,\n5,e,5,x,y\n,,\n",
    rows: [["3", "c", "3.00"]],
    rejected: [
      malformed("1,a"),
      malformed("2"),
      malformed("4,d,4,"),
      malformed("5,e,5,x,y"),
      ["id is missing", '{"id":null,"name":null,"price":null}'],
    ],
  },
  "too few and too many fields in a file with quotes": {
    file: 'id,name,price\n1,"a"\n2\n3,"c, c",3\n4,"d",4,\n5,e,5,x\n',
    rows: [["3", "c, c", "3.00"]],
    rejected: [malformed('1,"a"'), malformed("2"), malformed('4,"d",4,'), malformed("5,e,5,x")],
  },
  "too few and too many fields in a file with multi-line texts": {
    file: 'id,name,price\n1,"a\n,"\n3,"c\nc",3\n4,"d\n",4,\n5,e,5,x\n',
    rows: [["3", "c\nc", "3.00"]],
    rejected: [malformed('1,"a\n,"'), malformed('4,"d\n",4,'), malformed("5,e,5,x")],
  },
  "a last record that is too short": {
    file: "id,name,price\n1,a,1\n2,b",
    rows: [["1", "a", "1.00"]],
    rejected: [malformed("2,b")],
  },
  "an unclosed quote": {
    file: 'id,name,price\n1,a,1\n2,"b,2\n3,c,3\n',
    rows: [["1", "a", "1.00"]],
    rejected: [malformed('2,"b,2\n3,c,3')],
  },
  "text after a closing quote": {
    file: 'id,name,price\n1,"a"b,1\n2,"b",2\n',
    rows: [["2", "b", "2.00"]],
    rejected: [malformed('1,"a"b,1')],
  },
  "a quote inside an unquoted field is a character": {
    file: 'id,name,price\n1,a"b,1\n2,5" x 3",2\n3,"c",3\n',
    rows: [
      ["1", 'a"b', "1.00"],
      ["2", '5" x 3"', "2.00"],
      ["3", "c", "3.00"],
    ],
  },
  "an empty field is null, a quoted empty text is not": {
    columns: `id: int, name: string?, price: decimal(10,2)?, note: string`,
    file: 'id,name,price,note\n1,,,""\n2,"","",x\n3,a,,\n',
    rows: [
      ["1", null, null, ""],
      ["2", "", null, "x"],
    ],
    rejected: [["note is missing", '{"id":"3","name":"a","price":null,"note":null}']],
  },
  "an empty field is also null in a file without quotes": {
    columns: TEXTS,
    file: "id,name\n1,\n,a\n2,b\n",
    rows: [["2", "b"]],
    rejected: [
      ["id is missing", '{"id":null,"name":"a"}'],
      ["name is missing", '{"id":"1","name":null}'],
    ],
  },
  "texts keep their spaces, other types ignore them": {
    file: "id,name,price\n 1\t, a ,  1.5 \n2,   , \n",
    rows: [
      ["1", " a ", "1.50"],
      ["2", "   ", null],
    ],
  },
  "null markers, comments and escapes of other tools are text": {
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
  "texts that do not fit their types, with all reasons": {
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
    rejected: [
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
  "invalid UTF-8": {
    file: bytes("id,name,price\n1,a,1\n2,", [0xe9], ",2\n3,c,3\n"),
    rows: [
      ["1", "a", "1.00"],
      ["3", "c", "3.00"],
    ],
    rejected: [malformed("2,\ufffd,2")],
  },
  "invalid UTF-8 in a file with quotes": {
    file: bytes('id,name,price\n1,"a",1\n2,"', [0xff, 0xfe], '",2\n3,c,3\n'),
    rows: [
      ["1", "a", "1.00"],
      ["3", "c", "3.00"],
    ],
    rejected: [malformed('2,"\ufffd\ufffd",2')],
  },
  "one column": {
    columns: "id: int",
    file: "id\n1\nx\n2\n",
    rows: [["1"], ["2"]],
    rejected: [["id is not int", '{"id":"x"}']],
  },
};

testBronze("csv", cases);
