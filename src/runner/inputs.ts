/** What a table reads, found in the lake: the newest load of a bronze table, the newest version of another. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { CsvInput, JsonInput } from "../codegen/duckdb/relation-inputs.ts";
import { bronzeFile } from "../codegen/shared/bronze-file.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import {
  type BronzePlan,
  bronzeOfRecords,
  builtTables,
  type Program,
  qualifiedName,
  type TablePlan,
} from "../plan/program.ts";
import { fileDamage, snapshotDamage } from "./damage.ts";
import { type ReadRows, readDelta, type Snapshot } from "./delta/log.ts";
import { deltaSchema } from "./delta/schema.ts";
import { failure } from "./errors.ts";
import { type Load, loadDamage, newestLoad } from "./extract/land.ts";
import { type CsvFacts, csvFacts } from "./files/csv-facts.ts";
import { contentProblem, headerProblems } from "./files/file-problem.ts";
import { isInvalidJson } from "./files/json-array.ts";
import { type JsonFacts, jsonFacts } from "./files/json-facts.ts";
import { rewriteCsv } from "./files/rewrite-csv.ts";
import { countArray, type OnMalformed, rewriteArray, rewriteLines } from "./files/rewrite-json.ts";
import type { Lake } from "./lake.ts";
import { type CountedFile, countedFiles } from "./loads.ts";

/** A relation at the state that a table reads it in. */
export interface FoundInput {
  readonly relation: string;
  /** Changes with the content: a load, or an identity and version of a Delta table. */
  readonly state: string;
  /** What is wrong with its files: it cannot be read. */
  readonly damage?: string;
  /** The load that a bronze table is read from. */
  readonly bronze?: { readonly plan: BronzePlan; readonly load: Load };
  /** The files that count in a stored bronze table, each with the folder of its load. */
  readonly loads?: { readonly plan: BronzePlan; readonly files: readonly FileOfLoad[] };
  readonly snapshot?: Snapshot;
}

export interface FileOfLoad extends CountedFile {
  readonly folder: string;
}

/** Where a relation is looked for. */
export interface Surroundings {
  readonly program: Program;
  readonly lake: Lake;
  readonly readRows: ReadRows;
  /** Whether the contents of a relation's files are compared with what was recorded, besides their sizes. */
  comparesContents(relation: string): boolean;
}

/** The state of everything a table reads. Throws a failure where something is not in the lake. */
export async function findInputs(table: TablePlan, surroundings: Surroundings): Promise<readonly FoundInput[]> {
  const found: FoundInput[] = [];
  for (const relation of table.reads) {
    const input = await findRelation(relation, surroundings, table);
    if (input === undefined) {
      throw failure(diagnostic("table-not-built", table.span, { relation, name: `${table.layer}.${table.name}` }));
    }
    found.push(input);
  }
  return found;
}

/**
 * A relation of the program as it lies in the lake; undefined where it does not. Throws a failure where it cannot be what
 * the program says.
 */
export async function findRelation(
  relation: string,
  surroundings: Surroundings,
  at: Pick<TablePlan, "span">,
): Promise<FoundInput | undefined> {
  const { program, lake, comparesContents } = surroundings;
  const plan = bronzeOfRecords(relation, program);
  if (plan?.stored !== undefined) return findLoads(plan, relation, surroundings);
  if (plan !== undefined) {
    const load = await newestLoad(lake.loadsFolder(plan.name), bronzeFile(plan.object));
    if (load === undefined) return undefined;
    const damage = await loadDamage(load, comparesContents(relation));
    return { relation, state: load.id, bronze: { plan, load }, ...(damage === undefined ? {} : { damage }) };
  }
  const { snapshot, damage } = await findTable(relation, at, surroundings);
  if (snapshot === undefined) return damage === undefined ? undefined : { relation, state: "damaged", damage };
  checkColumns(relation, snapshot, program, at);
  const state = `${snapshot.metadata.id} ${snapshot.version}`;
  return { relation, state, snapshot, ...(damage === undefined ? {} : { damage }) };
}

async function findLoads(
  plan: BronzePlan,
  relation: string,
  { lake, comparesContents }: Surroundings,
): Promise<FoundInput | undefined> {
  const counted = await countedFiles(plan, lake);
  if (counted.length === 0) return undefined;
  const loadsFolder = lake.loadsFolder(plan.name);
  const files = counted.map((file) => ({ ...file, folder: join(loadsFolder, `load=${file.load}`) }));
  const facts = files.map(({ path, facts: _, folder: __, ...file }) => [file, path.slice(loadsFolder.length)]);
  const state = createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  const damage = await loadsDamage(files, comparesContents(relation));
  return { relation, state, loads: { plan, files }, ...(damage === undefined ? {} : { damage }) };
}

/** What is wrong with the first file that is damaged. */
async function loadsDamage(files: readonly FileOfLoad[], contents: boolean): Promise<string | undefined> {
  for (const { path, load, facts } of files) {
    const { bytes, sha256 } = facts;
    const expected = { ...(bytes < 0 ? {} : { bytes }), ...(sha256 === undefined ? {} : { sha256 }) };
    const damage = await fileDamage(path, expected, contents);
    if (damage !== undefined) return `${damage} in load ${load}`;
  }
  return undefined;
}

/** A Delta table of the lake. */
export interface FoundTable {
  /** Undefined where there is no table, or none that can be read. */
  readonly snapshot?: Snapshot;
  /** What is wrong with its log, and then there is no snapshot, or with its files. */
  readonly damage?: string;
}

/** Throws a failure where another program has made a table something that we cannot read. */
export async function findTable(
  relation: string,
  at: Pick<TablePlan, "span">,
  { lake, readRows, comparesContents }: Surroundings,
): Promise<FoundTable> {
  const folder = lake.tableFolder(relation);
  const snapshot = await readDelta(folder, readRows);
  if (snapshot === undefined) return {};
  if (!("unreadable" in snapshot)) {
    const damage = await snapshotDamage(folder, snapshot, comparesContents(relation));
    return { snapshot, ...(damage === undefined ? {} : { damage }) };
  }
  if (snapshot.reason === "damaged") return { damage: snapshot.unreadable };
  throw failure(diagnostic("delta-unsupported", at.span, { relation, problem: snapshot.unreadable, folder }));
}

/** What is wrong with the contents of an input; undefined where nothing is. */
export async function contentDamage(
  { relation, bronze, loads, snapshot }: FoundInput,
  lake: Lake,
): Promise<string | undefined> {
  if (loads) return loadsDamage(loads.files, true);
  return bronze ? loadDamage(bronze.load, true) : snapshotDamage(lake.tableFolder(relation), snapshot, true);
}

/** The program may have changed since the table was built, and the table not have been built again. */
function checkColumns(relation: string, { schema }: Snapshot, program: Program, at: Pick<TablePlan, "span">): void {
  const table = builtTables(program).find((each) => qualifiedName(each) === relation);
  if (table === undefined) return;
  const inLake = new Map(schema.fields.map(({ name, type }) => [name, JSON.stringify(type)]));
  const others = deltaSchema(table.columns).fields.filter(
    ({ name, type }) => inLake.get(name) !== JSON.stringify(type),
  );
  if (others.length === 0) return;
  const columns = others.map(({ name }) => name).join(", ");
  throw failure(diagnostic("table-outdated", at.span, { relation, columns }));
}

/** The files of a Delta table of the lake; none where there is no such table. */
export function dataFiles(relation: string, snapshot: Snapshot | undefined, lake: Lake): readonly string[] {
  return (snapshot?.files ?? []).map(({ path }) => join(lake.tableFolder(relation), path));
}

/** A file of a bronze relation as DuckDB can read it. */
export interface ReadyFile {
  readonly input: CsvInput | JsonInput;
  /** Records that the file has, counted by other means than those that read it. */
  readonly records: number;
  /** The file was written anew for DuckDB, without the records that are malformed. */
  readonly isRewritten: boolean;
}

/** Files of bronze tables, looked at once in a run whoever reads them. */
export interface BronzeFiles {
  /**
   * How a file is to be read. `rewritten`: DuckDB cannot read it, so it is written anew record by record; the records that
   * are malformed go to `onMalformed`. Throws a failure where the file has not the declared columns, or is no JSON.
   */
  ready(plan: BronzePlan, path: string, rewritten: boolean, onMalformed: OnMalformed): Promise<ReadyFile>;
  /** How many records a file has. Throws a failure where it cannot be read as its table's rows. */
  count(plan: BronzePlan, path: string): Promise<number>;
  /** What `find` finds wrong with a bronze table. Once it has found nothing, nobody else in the run looks again. */
  problemOf(relation: string, find: () => Promise<Diagnostic | undefined>): Promise<Diagnostic | undefined>;
}

export function createBronzeFiles(scratchFolder: string): BronzeFiles {
  const csv = remembered(csvFacts);
  const json = remembered(jsonFacts);
  const looks = new Map<string, Promise<Diagnostic | undefined>>();
  let count = 0;
  const csvOf = async (plan: BronzePlan, path: string): Promise<CsvFacts> => {
    const found = await csv(path);
    const problems = headerProblems(plan, path, found.header);
    if (problems.length > 0) throw failure(...problems);
    return found;
  };
  const jsonOf = async (plan: BronzePlan, path: string): Promise<JsonFacts> => {
    const problem = contentProblem(plan, path);
    if (problem !== undefined) throw failure(problem);
    return await json(path);
  };
  return {
    async problemOf(relation, find) {
      const before = looks.get(relation);
      // Each table says of itself what a problem does to it, and looks itself where another one could not.
      const look = before ? before.then((problem) => (problem === undefined ? undefined : find()), find) : find();
      looks.set(relation, look);
      return look;
    },
    async count(plan, path) {
      return plan.object.kind === "csv"
        ? (await csvOf(plan, path)).records
        : countJson(plan, path, await jsonOf(plan, path));
    },
    async ready(plan, path, rewritten, onMalformed) {
      const copy = join(scratchFolder, `rewritten-${++count}`);
      return plan.object.kind === "csv"
        ? readyCsv(path, await csvOf(plan, path), { rewritten, copy, onMalformed })
        : readyJson(plan, path, await jsonOf(plan, path), { rewritten, copy, onMalformed });
    },
  };
}

function remembered<Facts>(look: (path: string) => Promise<Facts>): (path: string) => Promise<Facts> {
  const known = new Map<string, Promise<Facts>>();
  return (path) => {
    const facts = known.get(path) ?? look(path);
    known.set(path, facts);
    return facts;
  };
}

interface Rewriting {
  readonly rewritten: boolean;
  /** The path for the file where it is written anew. */
  readonly copy: string;
  readonly onMalformed: OnMalformed;
}

async function readyCsv(
  path: string,
  { header, form, records, longest }: CsvFacts,
  { rewritten, copy, onMalformed }: Rewriting,
): Promise<ReadyFile> {
  if (!rewritten && form !== "doubtful") {
    return { input: { kind: "csv", path, header, form, longest, isNumbered: false }, records, isRewritten: false };
  }
  const written = await rewriteCsv(path, copy, header.length, onMalformed);
  const { longest: longestWritten } = written;
  const input: CsvInput = {
    kind: "csv",
    path: copy,
    header,
    form: "spanning",
    longest: longestWritten,
    isNumbered: true,
  };
  return { input, records, isRewritten: true };
}

async function readyJson(
  plan: BronzePlan,
  path: string,
  { form, records, longest }: JsonFacts,
  { rewritten, copy, onMalformed }: Rewriting,
): Promise<ReadyFile> {
  if (form === "pretty") throw invalidJsonFile(plan, PRETTY);
  if (form === "lines" && !rewritten) {
    // What we write of a database has each name once.
    const mayRepeatNames = plan.object.kind === "json";
    const input: JsonInput = { kind: "json", path, longest, mayRepeatNames, isNumbered: false };
    return { input, records, isRewritten: false };
  }
  try {
    const isArray = form === "array";
    const written = await (isArray ? rewriteArray(path, copy) : rewriteLines(path, copy, onMalformed));
    const { longest: longestWritten } = written;
    const input: JsonInput = {
      ...{ kind: "json", path: copy, longest: longestWritten, mayRepeatNames: false, isNumbered: true },
    };
    return { input, records: isArray ? written.records : records, isRewritten: true };
  } catch (error) {
    throw isInvalidJson(error) ? invalidJsonFile(plan, error.message) : error;
  }
}

async function countJson(plan: BronzePlan, path: string, { form, records }: JsonFacts): Promise<number> {
  if (form === "pretty") throw invalidJsonFile(plan, PRETTY);
  if (form !== "array") return records;
  try {
    return await countArray(path);
  } catch (error) {
    throw isInvalidJson(error) ? invalidJsonFile(plan, error.message) : error;
  }
}

const PRETTY = "its first line is not a complete object";

/** The failure of a file that is neither JSON lines nor an array of objects. */
function invalidJsonFile({ name, span }: BronzePlan, problem: string): Error {
  return failure(diagnostic("source-json-invalid", span, { relation: `bronze.${name}`, problem }));
}
