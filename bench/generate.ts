/**
 * Generates a Medal project for benchmarks: N tables of 20 columns, 40 % bronze, 40 % silver, 20 % gold, with the same
 * structure as the projects of the other tools. One file per table, and one for the project.
 *
 *     npm run bench:generate -- 1000 DIR
 */
import { mkdirSync, writeFileSync } from "node:fs";

const TYPES = ["string", "int", "decimal(18,2)", "timestamp", "double"] as const;
const COLUMNS = ["id", ...Array.from({ length: 19 }, (_, at) => `c${at + 1}`)];
const typeOf = (column: number) => (column === 0 ? "string" : (TYPES[column % 5] ?? "string"));

/** The files of a project of `tables` tables, by their path. */
export function generatedProject(tables: number): ReadonlyMap<string, string> {
  const bronze = Math.floor((tables * 4) / 10);
  const silver = bronze;
  const gold = tables - bronze - silver;
  const files = new Map<string, string>();
  const imports: string[] = [];
  const add = (path: string, text: string) => {
    files.set(path, text);
    imports.push(path);
  };
  for (let i = 0; i < bronze; i++) add(`bronze/b${i}.medal`, bronzeTable(i));
  for (let i = 0; i < silver; i++) add(`silver/s${i}.medal`, silverTable(i, i % bronze));
  for (let j = 0; j < gold; j++) add(`gold/g${j}.medal`, goldTable(j, j % silver, (j * 7 + 1) % silver));
  files.set("main.medal", projectFile(imports));
  files.set("medal.json", `${JSON.stringify({ environments: {} }, null, 2)}\n`);
  return files;
}

function projectFile(imports: readonly string[]): string {
  return `${imports.map((path) => `import "${path}"`).join("\n")}

/// A generated project.
project generated {
  lake    = adls { account: "generated", container: "lake" }
  ingest  = datafactory { name: "generated-df" }
  compute = databricks {
    workspace:   "https://adb-1.1.azuredatabricks.net"
    resource_id: "/subscriptions/0/resourceGroups/generated/providers/Microsoft.Databricks/workspaces/generated"
  }
  serve   = synapse { workspace: "generated-syn", database: "generated" }
}

source landing = file { path: "landing/" }
`;
}

function bronzeTable(i: number): string {
  const columns = COLUMNS.map((column, at) => `  ${`${column}:`.padEnd(4)} ${typeOf(at)}${at === 0 ? "" : "?"}`);
  return `/// Source ${i}.
bronze b${i} from landing.csv("b${i}.csv") {
${columns.join("\n")}
}
`;
}

function silverTable(i: number, source: number): string {
  const copied = COLUMNS.slice(0, 12);
  return `/// Source ${source}, one row an id.
silver s${i} {
  from bronze.b${source}
  distinct on id latest by c3
  derive {
    d1 = upper(trim(c5))
    d2 = (c1 ?? 0) + 1
    d3 = c2 * 2
    d4 = date(c3)
    d5 = match {
      c1 > 10 => "high"
      else    => "low"
    }
    d6 = c4 / 3
    d7 = concat(c5, "-", c10)
    d8 = days_between(date(c3), date(c8))
  }
  select { ${[...copied, "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8"].join(", ")} }
  key id
}
`;
}

function goldTable(j: number, a: number, b: number): string {
  const sums = [1, 2, 4, 6, 7, 9, 11].map((k) => `sum(a.c${k})`);
  const measures = [
    ...sums,
    "sum(a.d2)",
    "sum(a.d3)",
    "max(b.d4)",
    "min(b.d4)",
    "max(b.c1)",
    "count_distinct(b.c5)",
    "max(b.c9)",
    "min(b.c7)",
    "count()",
    "max(a.d8)",
    "avg(a.d8)",
  ];
  return `/// Measures ${j}.
gold g${j} {
  from silver.s${a} as a
  left join one silver.s${b} as b on b.id == a.c5
  group by g1 = a.d5, g2 = b.d1 {
${measures.map((measure, k) => `    m${k} = ${measure}`).join("\n")}
  }
}
`;
}

const [count, folder] = process.argv.slice(2);
if (import.meta.main) {
  if (!/^\d+$/.test(count ?? "") || folder === undefined) {
    console.error("usage: npm run bench:generate -- NUMBER_OF_TABLES FOLDER");
    process.exit(64);
  }
  for (const [path, text] of generatedProject(Number(count))) {
    const file = `${folder}/${path}`;
    mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    writeFileSync(file, text);
  }
}
