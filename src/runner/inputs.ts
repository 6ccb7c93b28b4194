/** What a table reads, found in the lake: the newest load of a bronze table, the newest version of another. */
import { join } from "node:path";
import type { RelationInput } from "../codegen/duckdb/relation-inputs.ts";
import { bronzeFile } from "../codegen/shared/bronze-file.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { BronzePlan, Program, TablePlan } from "../plan/program.ts";
import { type ReadRows, readDelta, type Snapshot } from "./delta/log.ts";
import { failure } from "./errors.ts";
import { fileName, newestLoad } from "./extract/land.ts";
import { checkCsv, checkLines } from "./files/check-csv.ts";
import { type CsvFacts, csvFacts } from "./files/csv-facts.ts";
import type { Lake } from "./lake.ts";

/** A relation at the state that a table reads it in. */
export interface FoundInput {
  readonly relation: string;
  /** Changes with the content: a load, or an identity and version of a Delta table. */
  readonly state: string;
  readonly bronze?: { readonly plan: BronzePlan; readonly path: string };
  readonly snapshot?: Snapshot;
}

/** The state of everything a table reads. Throws a failure where something is not in the lake. */
export async function findInputs(
  table: TablePlan,
  program: Program,
  lake: Lake,
  readRows: ReadRows,
): Promise<readonly FoundInput[]> {
  const found: FoundInput[] = [];
  for (const relation of table.reads) found.push(await findInput(relation, table, program, lake, readRows));
  return found;
}

async function findInput(
  relation: string,
  table: TablePlan,
  program: Program,
  lake: Lake,
  readRows: ReadRows,
): Promise<FoundInput> {
  const missing = () =>
    failure(diagnostic("table-not-built", table.span, { relation, name: `${table.layer}.${table.name}` }));
  const plan = program.bronze.find((each) => `bronze.${each.name}` === relation);
  if (plan !== undefined) {
    const load = await newestLoad(lake.tableFolder(relation), fileName(bronzeFile(plan.object)));
    if (load === undefined) throw missing();
    return { relation, state: load.id, bronze: { plan, path: load.path } };
  }
  const snapshot = await readTable(relation, table, lake, readRows);
  if (snapshot === undefined) throw missing();
  return { relation, state: `${snapshot.metadata.id} ${snapshot.version}`, snapshot };
}

/** A Delta table of the lake. Throws a failure where another program has made it something that we cannot read. */
export async function readTable(
  relation: string,
  at: Pick<TablePlan, "span">,
  lake: Lake,
  readRows: ReadRows,
): Promise<Snapshot | undefined> {
  const folder = lake.tableFolder(relation);
  const snapshot = await readDelta(folder, readRows);
  if (snapshot === undefined || !("unreadable" in snapshot)) return snapshot;
  throw failure(diagnostic("delta-unsupported", at.span, { relation, problem: snapshot.unreadable, folder }));
}

/** The files of a Delta table of the lake; none where there is no such table. */
export function dataFiles(relation: string, snapshot: Snapshot | undefined, lake: Lake): readonly string[] {
  return (snapshot?.files ?? []).map(({ path }) => join(lake.tableFolder(relation), path));
}

/** Files of bronze tables, looked at once in a run whoever reads them. */
export interface BronzeFiles {
  /**
   * How a file is to be read. `checked`: DuckDB has failed to, so it is written anew record by record; the records that
   * are malformed go to `onMalformed`. Throws a failure where the file has not the declared columns.
   */
  input(
    plan: BronzePlan,
    path: string,
    checked: boolean,
    onMalformed: (record: string) => void,
  ): Promise<RelationInput>;
  /** What `find` finds wrong with a bronze table. Once it has found nothing, nobody else in the run looks again. */
  problemOf(relation: string, find: () => Promise<Diagnostic | undefined>): Promise<Diagnostic | undefined>;
}

export function createBronzeFiles(scratchFolder: string): BronzeFiles {
  const facts = new Map<string, Promise<CsvFacts>>();
  const looks = new Map<string, Promise<Diagnostic | undefined>>();
  let count = 0;
  return {
    async problemOf(relation, find) {
      const before = looks.get(relation);
      // Each table says of itself what a problem does to it, and looks itself where another one could not.
      const look = before ? before.then((problem) => (problem === undefined ? undefined : find()), find) : find();
      looks.set(relation, look);
      return look;
    },
    async input(plan, path, checked, onMalformed) {
      const copy = join(scratchFolder, `checked-${++count}`);
      if (plan.object.kind !== "csv") {
        if (!checked) return { kind: "json", path };
        await checkLines(path, copy);
        return { kind: "json", path: copy };
      }
      const known = facts.get(path) ?? csvFacts(path);
      facts.set(path, known);
      const { header, form } = await known;
      checkHeader(plan, header);
      if (!checked && form !== "doubtful") return { kind: "csv", path, header, form };
      await checkCsv(path, copy, onMalformed);
      return { kind: "csv", path: copy, header, form: "spanning" };
    },
  };
}

function checkHeader(plan: BronzePlan, header: readonly string[]): void {
  const relation = `bronze.${plan.name}`;
  const problems = plan.columns.flatMap(({ name, span }) => {
    const count = header.filter((each) => each === name).length;
    if (count === 1) return [];
    return [diagnostic(count === 0 ? "source-column-missing" : "source-column-twice", span, { relation, name })];
  });
  if (problems.length > 0) throw failure(...problems);
}
