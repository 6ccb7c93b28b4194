import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { format } from "../../src/format/format.ts";
import { root } from "../support/paths.ts";

function formatted(text: string): string | undefined {
  return format({ path: "test.medal", text });
}

const examples = readdirSync(`${root}/examples`, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".medal"))
  .map((entry) => `${entry.parentPath.slice(root.length + 1)}/${entry.name}`);

it.each(examples)("%s is written as it should be", (path) => {
  const text = readFileSync(`${root}/${path}`, "utf8");
  expect(formatted(text)).toBe(text);
});

it.each([
  ["a block on one line stays there", "enum   A{a ,b,}", "enum A { a, b }\n"],
  ["a block over several lines has one item a line and no commas", "enum A { a,\nb }", "enum A {\n  a\n  b\n}\n"],
  ["empty blocks and texts are short", "silver t {\n\n}\n", "silver t {}\n"],
  ["nothing is nothing", "\n\n", ""],
  [
    "operators have blanks around them, signs, brackets and types do not",
    'fn f( a:decimal( 10 , 2 )? ,):int=-a*( 1- -2 )+left (a , "x" ,)-b . c',
    'fn f(a: decimal(10,2)?): int = -a * (1 - -2) + left(a, "x") - b.c\n',
  ],
  [
    "casts, ranges, lists and tags",
    "silver t{where a as?date in[ 1,2 , ]\n}bronze b from s . csv( ){a:int@pii @n ( 1,2 )\n}",
    "silver t {\n  where a as? date in [1, 2]\n}\n\nbronze b from s.csv() {\n  a: int @pii @n(1, 2)\n}\n",
  ],
  ["parentheses stay where they were written", "fn f(): int = ((a) + (b * c))", "fn f(): int = ((a) + (b * c))\n"],
  [
    "types stand below each other",
    'bronze b from s.csv("b") {\n  a: int\n  longer: string?\n  key a\n}',
    'bronze b from s.csv("b") {\n  a:      int\n  longer: string?\n  key a\n}\n',
  ],
  [
    "so do definitions, bare columns between them or not",
    "silver t {\n  select {\n    a = 1, b.c\n    longer = 2\n  }\n}",
    "silver t {\n  select {\n    a      = 1\n    b.c\n    longer = 2\n  }\n}\n",
  ],
  [
    "an empty line begins a new column",
    "silver t {\n  derive {\n    a = 1\n\n\n    longer = 2\n  }\n}",
    "silver t {\n  derive {\n    a = 1\n\n    longer = 2\n  }\n}\n",
  ],
  [
    "so do the branches of a match",
    "silver t {\n  derive { a = match {\n b > 100 => 1, c => 2\n else => 3 } }\n}",
    "silver t {\n  derive {\n    a = match {\n      b > 100 => 1\n      c       => 2\n      else    => 3\n    }\n  }\n}\n",
  ],
  [
    "the comma stays where the next item would go on with the one before",
    "silver t {\n  select {\n    a,\n    (b),\n    -c,\n    - -d,\n    e\n  }\n}",
    "silver t {\n  select {\n    a\n    (b)\n    -c,\n    - -d\n    e\n  }\n}\n",
  ],
  [
    "the conditions of neighbouring joins",
    "silver t {\n  join one a.b as c on d == e\n  left join one a.bcd on f\n  where g\n  join one a.b on h\n}",
    "silver t {\n  join one a.b as c   on d == e\n  left join one a.bcd on f\n  where g\n  join one a.b on h\n}\n",
  ],
  [
    "neighbouring secrets, and neighbouring sources",
    'secret a = k("x")\nsecret longer = k("y")\nsource s = http {}\nsource other = http {}\n\nsource apart = http {}',
    'secret a      = k("x")\nsecret longer = k("y")\nsource s     = http {}\nsource other = http {}\n\nsource apart = http {}\n',
  ],
  [
    "one empty line around what is tall, at most one elsewhere",
    "param a: int\n\n\nparam b: int\nenum A {\n  a\n}\nenum B { b }",
    "param a: int\n\nparam b: int\n\nenum A {\n  a\n}\n\nenum B { b }\n",
  ],
  [
    "a long condition is broken before its loosest operators",
    `silver t { where ${"a".repeat(50)} == ${"b".repeat(50)} and c or ${"d".repeat(30)} between 1 and 2 }`,
    `silver t {\n  where ${"a".repeat(50)} == ${"b".repeat(50)} and c\n    or ${"d".repeat(30)} between 1 and 2\n}\n`,
  ],
  [
    "a long call has one argument a line",
    `fn f(): int = g(${"a".repeat(60)}, ${"b".repeat(60)})`,
    `fn f(): int = g(\n  ${"a".repeat(60)},\n  ${"b".repeat(60)}\n)\n`,
  ],
  [
    "a long block is broken, the blocks in it are not",
    `silver t { derive { a = match { b => 1, else => 2 }, c = "${"d".repeat(90)}" } }`,
    `silver t {\n  derive {\n    a = match { b => 1, else => 2 }\n    c = "${"d".repeat(90)}"\n  }\n}\n`,
  ],
  [
    "comments stay where they are",
    "// first\n\n/// Doc.\nsilver t { // opens\n  where a // why\n    // because\n    and b // end\n  // last\n}\n// end",
    "// first\n\n/// Doc.\nsilver t { // opens\n  where a // why\n    // because\n    and b // end\n  // last\n}\n// end\n",
  ],
  ["lines end as they did", "enum A {a\r\n}\r\n", "enum A {\r\n  a\r\n}\r\n"],
])("%s", (_, text, expected) => {
  expect(formatted(text)).toBe(expected);
  expect(formatted(expected)).toBe(expected);
});
