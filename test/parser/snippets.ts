/** Valid programs that together use the whole grammar. */
import { readdirSync, readFileSync } from "node:fs";
import { root } from "../support/paths.ts";

const written = [
  "",
  "// only a comment",
  'import "a.medal"\nimport "b/c.medal"',
  `/// A project.
/// In two lines.
project p {
  lake = adls { account: param.a, container: "c", deep: true, shallow: false }
  compute = databricks { workers: 1..4, cores: 8 }, serve = synapse {}
  schedule = daily at "06:00" in "UTC"
}
project q { schedule = hourly }
project r { schedule = daily in "UTC" lake = adls { a: secret.b c: "d", } }`,
  'param a: string\nparam b: int = 1_000\nparam c: bool = false param d: decimal(10,2)? = 1.5\nparam e: string = "x"',
  'secret a = keyvault("v", param.n)\nsource s = http {}\nsource `t u` = file { path: "x" }',
  'enum A { a, b c\n d, "in transit", `in`, }\nenum B {}',
  "fn f(): int = 1\nfn g(a: int, b: string?,) = a & b",
  `bronze b from s.csv("x.csv") {
  /// The key.
  id: string @pii @unit("BRL") @n(1, 2.5)
  key: decimal(10,2)?, load: timestamp? // a column
  load full
  key (id, key,)
}
bronze c from s.collection() { key id }
bronze d from s.csv("{m}/*.csv") {
  load changes by changed deleted when gone or not kept lag 2 hours
  changed: timestamp = load.at @n
  deleted: bool, lag: int
}
bronze e from s.table("t") { load append by id lag 1000, id: long }
bronze f from s.table("t") { load files deleted when a }`,
  `silver t {
  from bronze.b as x
  where a and (b or c) and not d == e
  derive { f = x.a, g = f ?? 1 + 2 * 3 h = -f as? int as string, i = f / 2 <= 1 }
  derive {}
  select { x.a, b, c = match { a > 1 => "x", b in [1, 2] => "y" else => null }, d = match { a => 1, } }
  distinct
  distinct on a latest by b, c
  distinct on (a, b) earliest by c
  join one silver.u as u on u.a == x.a and u.b between 1 and 5
  left join many gold.v on a not in ["x"] and b not between 1 and 2
  join silver.w on true
  group by a, m = trunc(b, "month") { n = sum(c) where d is not null per (a, x.b), count() }
  group { n = sum(c) per a where e is null, o = max(c,) }
  expect "paid": a >= 0 else warn
  expect "more": a != 0
  sort a desc, b asc, c
  take 10
  key a
}
gold u { from silver.t }
gold v {}`,
];

const examples = ["examples", "examples/mistakes"].flatMap((folder) =>
  readdirSync(`${root}/${folder}`, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".medal"))
    .map((entry) => readFileSync(`${root}/${folder}/${entry.name}`, "utf8")),
);

export const snippets: readonly string[] = [...written, ...examples];

/** Each program with a title for a test of it. */
export function titled(programs: readonly string[]): readonly (readonly [title: string, program: string])[] {
  return programs.map((each) => [each.length > 60 ? `${each.slice(0, 60)}…` : each, each]);
}
