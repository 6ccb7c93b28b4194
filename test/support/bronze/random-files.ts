/** Random bronze files, within and outside of the grammar in docs/lake.md. Deterministic for a seed. */

export interface RandomFile {
  readonly kind: "csv" | "json";
  readonly content: Buffer;
}

type Pick = <Item>(items: readonly Item[]) => Item;

/** `count` files; every third is JSON Lines, every sixth a JSON array or similar. */
export function randomFiles(seed: number, count: number): readonly RandomFile[] {
  let state = seed >>> 0;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick: Pick = (items) => items[below(items.length)] as (typeof items)[number];
  const repeat = <Item>(most: number, make: () => Item) => Array.from({ length: below(most + 1) }, make);
  const writers = [csv, lines, csv, csvPieces, lines, array];
  return Array.from({ length: count }, (_, at) => {
    const write = writers[at % writers.length] ?? csv;
    return {
      kind: write === csv || write === csvPieces ? "csv" : "json",
      content: bytesOf(write({ pick, repeat, below })),
    };
  });
}

interface Random {
  readonly pick: Pick;
  below(limit: number): number;
  /** Up to so many. */
  repeat<Item>(most: number, make: () => Item): readonly Item[];
}

/** Stands for a byte that is not valid UTF-8; occurs nowhere else. */
const BAD_BYTE = "\ue0ff";

function bytesOf(text: string): Buffer {
  const parts = text.split(BAD_BYTE).map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [Buffer.from([0xff]), part])));
}

const STARTS = ["", "", "", "\ufeff", "\n", "\r\n\n", "\ufeff\n"];
const ENDS = ["", "\n", "\n", "\r\n", "\r", "\n\n", "\n\r\n", "\r\r\n", "\n\r"];

const HEADERS = [
  "id,a,b",
  "id,a,b",
  "b,id,x,a",
  '"a","b","id"',
  "id",
  "a",
  "id,a,b,a",
  "a,b",
  'id,"x\ny",a,b',
  "ID,a,b,id",
];

/** Fields, mostly regular. */
const FIELDS = [
  ..."1|2|-3|x|a b| |é|👩‍👩‍👧|#|\\|\t".split("|"),
  ...["", "", '""', '"x"', '"a,b"', '"a""b"', '""""', '"x\ny"', '"x\r\ny"', '"x\r"', '"\n"', '"\n\n"', '" "', '","'],
];
/** Unusual fields, some of which make their record malformed. */
const ODD_FIELDS = [
  'a"b',
  '"x"y',
  '"x" ',
  ' "x"',
  '"',
  '""x',
  '"x',
  "x\ry",
  "\r",
  "\0",
  '"\0"',
  BAD_BYTE,
  '"a\n""b"',
  '\ufeff"',
  '"\r',
];

/** Records with about as many fields as the header. */
function csv({ pick, below, repeat }: Random): string {
  const header = pick(HEADERS);
  const width = header.split(",").length;
  const lineEnd = pick(["\n", "\n", "\r\n"]);
  const isOdd = below(2) === 0;
  const field = () => pick(isOdd && below(6) === 0 ? ODD_FIELDS : FIELDS);
  const record = () => {
    const count = isOdd && below(8) === 0 ? width + below(3) - 1 : width;
    return Array.from({ length: count }, field).join(",");
  };
  const ended = (text: string) =>
    text + (isOdd && below(5) === 0 ? pick(["\n", "\r\n", "\n\n", "\r\r\n", "\n \n", "\r"]) : lineEnd);
  const records = repeat(9, record).map(ended);
  const last = below(3) === 0 ? [record()] : [];
  return [pick(STARTS), header, lineEnd, ...records, ...last].join("");
}

/** Elements of CSV text, most of them with a special meaning. */
export const CSV_PIECES = [
  "a",
  "b,",
  ",",
  ",",
  '"',
  '"',
  '""',
  '",',
  '"\n',
  "\n",
  "\n",
  "\r\n",
  "\r",
  "\0",
  " ",
  "é",
  '"x"',
  '"y,z",',
  "1,2\n",
];

const PIECES = [...CSV_PIECES, BAD_BYTE];

/** An arbitrary sequence of elements. */
function csvPieces({ pick, repeat }: Random): string {
  return `${pick(STARTS)}${pick(["id,a,b", "a,b", "id"])}\n${repeat(24, () => pick(PIECES)).join("")}`;
}

const NAMES = ['"id"', '"a"', '"b"', '"a"', '"c"', '"ID"', '""', '"\\u0061"'];
const VALUES = [
  ...[
    "1",
    "2",
    "-3",
    "1.50",
    "1e3",
    "-0",
    "12345678901234567890.10",
    "true",
    "false",
    "null",
    '""',
    '"x"',
    '"a b"',
    '"é"',
  ],
  ...[
    '"\\u00e9"',
    '"\\ud83d\\ude00"',
    '"\\\\ud83d"',
    '"\\n\\"\\/"',
    '"}"',
    '"{"',
    '"]"',
    '"},{"',
    '"[1,"',
    '"//"',
    '"👩‍👩‍👧"',
  ],
  ...["{}", "[]", '{"x": [1, 2.0],  "y":null}', '[{"a":1},{"b":[{}]}]', '{"a":{"b":{"c":{"d":{"e":{"f":{"g":{}}}}}}}}'],
];
const ODD_VALUES = [
  ...[
    "01",
    "+1",
    "1.",
    ".5",
    "NaN",
    "Infinity",
    "-Infinity",
    "nul",
    "'x'",
    '"',
    '"x\ty"',
    '"\\x"',
    '"\\u12"',
    '"\\ud83d"',
  ],
  ...[
    '"\\ude00\\ud83d"',
    '"\0"',
    `"${BAD_BYTE}"`,
    "{",
    "}",
    "[",
    "]",
    '{"x":}',
    "[1,]",
    "{1:2}",
    "",
    "-",
    "0x1",
    "1_0",
    "/**/1",
    "\ufeff1",
  ],
];

function object({ pick, below, repeat }: Random, isOdd: boolean): string {
  const space = () => (below(6) === 0 ? pick([" ", "\t", "  ", ...(isOdd ? ["\r", "\f", "\u00a0"] : [])]) : "");
  const value = () => pick(isOdd && below(6) === 0 ? ODD_VALUES : VALUES);
  const name = () => (isOdd && below(12) === 0 ? pick(["id", "'id'", "1", '"a', "{}", ""]) : pick(NAMES));
  const members = repeat(4, () => `${space()}${name()}${space()}:${space()}${value()}${space()}`);
  return `{${members.join(isOdd && below(15) === 0 ? pick([",,", " ", ";"]) : ",")}${isOdd && below(15) === 0 ? "," : ""}}`;
}

/** Lines that are not objects. */
const ODD_LINES = [
  ...[
    "",
    " ",
    "\t",
    "null",
    "1",
    '"x"',
    "[]",
    '[{"id":1}]',
    '[{"id":1},{"id":2}]',
    "{",
    "}",
    "{}",
    "\0",
    "x",
    "\u000b",
    "\ufeff{}",
  ],
  ...[
    '{"id":1} x',
    '{"id":1}{"id":2}',
    '{"id":1},{"id":2}',
    '{"id":1}]',
    '{"id":1}}',
    '{"id":1},"x":{}',
    '{"id":{}},0]}',
    '{"id":1} //',
  ],
  BAD_BYTE,
];

function lines(random: Random): string {
  const { pick, below, repeat } = random;
  const isOdd = below(2) === 0;
  const lineEnd = pick(["\n", "\n", "\r\n"]);
  const line = () => (isOdd && below(4) === 0 ? pick(ODD_LINES) : object(random, isOdd));
  const ended = (text: string) => text + (isOdd && below(8) === 0 ? pick(ENDS) : lineEnd);
  return [pick(STARTS), ...repeat(8, line).map(ended), ...(below(3) === 0 ? [line()] : [])].join("");
}

/** An array in any layout, an incomplete one, or an invalid one. */
function array(random: Random): string {
  const { pick, below, repeat } = random;
  const isOdd = below(2) === 0;
  const layout = pick(["", "\n", "\r\n", "\n  ", " "]);
  const element = () => {
    if (isOdd && below(6) === 0)
      return pick(["1", "null", "[]", '"x"', "{", '[{"id":1}]', "", '{"id":1}{"id":2}', "{}}", "]"]);
    const text = object(random, isOdd && below(4) === 0);
    return below(4) === 0 ? text.replaceAll(/^\{|,(?=")|\}$/g, `$&${layout}`) : text;
  };
  const text = `[${layout}${repeat(6, element).join(`,${layout}`)}${layout}]`;
  const end =
    isOdd && below(3) === 0
      ? pick([",", "]", "{}", "[]", "x", '\n{"id":1}\n', "\0"])
      : pick(["", "\n", "\r\n", " \n\n"]);
  const cut = isOdd && below(3) === 0 ? text.slice(0, below(text.length)) : text + end;
  return `${pick(STARTS)}${pick(["", "", " ", "\t\n"])}${cut}`;
}
