/** Compares how the local reader and the notebooks' library on Spark read random bronze files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { library } from "../../../src/codegen/databricks/library.ts";
import { createProject, type Project, type Row, resultOf, sortedRows } from "../../runner/project.ts";
import type { FileAnswer, Spark } from "../spark/session.ts";
import { type RandomFile, randomFiles } from "./random-files.ts";

export interface Compared {
  /** The files that are read differently, with both results as JSON. */
  readonly unlike: readonly string[];
  /** The number of files that have rows, rejected rows or an error. */
  readonly withRows: number;
  readonly withRejected: number;
  readonly refused: number;
}

interface NamedFile extends RandomFile {
  readonly table: string;
  readonly file: string;
  readonly columns: Readonly<Record<string, string>>;
  /** Whether duplicate rows are removed. */
  readonly distinct: boolean;
}

/** A notebook does not distinguish the two. */
const COLUMNS = "source-column-missing or source-column-twice";

/** The result for a file: sorted rows, or the code of the error. */
type Answer = { readonly rows: readonly Row[]; readonly rejected: readonly Row[] } | string;

const LOAD = "20260131T060000Z";

export async function compareReaders(spark: Spark, seed: number, count: number): Promise<Compared> {
  const files = randomFiles(seed, count).map((file, at): NamedFile => {
    const name = `f${at}`;
    return { ...file, table: name, file: `${name}.${file.kind}`, columns: columnsOf(file, at), distinct: at % 7 === 0 };
  });
  const project = await createProject(
    files.map(declaration).join("\n"),
    Object.fromEntries(files.map(({ file, content }) => [file, content])),
  );
  const folder = mkdtempSync(join(tmpdir(), "medal-readers-"));
  try {
    const here = await readHere(project, files);
    const there = await readOnSpark(spark, project, files, here, folder);
    const unlike = files.flatMap(({ content, distinct }, at) => {
      // A file that is not text is rejected before reading, locally and for Spark.
      if (here[at] === "source-not-text") return [];
      const [wanted, found] = [here[at], there[at]].map((answer) => (distinct ? withoutRepeats(answer) : answer));
      const text = content.toString("latin1");
      return JSON.stringify(wanted) === JSON.stringify(found) ? [] : [JSON.stringify({ text, wanted, found })];
    });
    const number = (is: (answer: Exclude<Answer, string>) => boolean) =>
      here.filter((answer) => typeof answer !== "string" && is(answer)).length;
    return {
      unlike,
      withRows: number(({ rows }) => rows.length > 0),
      withRejected: number(({ rejected }) => rejected.length > 0),
      refused: here.filter((answer) => typeof answer === "string").length,
    };
  } finally {
    await project.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function declaration({ kind, table, file, columns }: NamedFile): string {
  const declared = Object.entries(columns).map(([name, type]) => `${name}: ${type}`);
  return `bronze ${table} from files.${kind}("${file}") { ${declared.join(", ")}, reject at most 100% }\nsilver ${table} { from bronze.${table} }`;
}

const TYPES = { id: "int?", a: "string?", b: "string(4)?" };

/** The columns in the header, so that most files can be read; for every tenth file all of them. */
function columnsOf({ kind, content }: RandomFile, at: number): Readonly<Record<string, string>> {
  const header = /^.*?[a-z]"?\r?\n/s.exec(content.toString("utf8"))?.[0] ?? "";
  const known = Object.entries(TYPES).filter(([name]) => new RegExp(`\\b${name}\\b`).test(header));
  return kind === "json" || at % 10 === 0 || known.length === 0 ? TYPES : Object.fromEntries(known);
}

async function readHere(project: Project, files: readonly NamedFile[]): Promise<readonly Answer[]> {
  const result = await project.run();
  const answers: Answer[] = [];
  for (const { table } of files) {
    if (resultOf(result, `silver.${table}`).state === "ok") {
      const rows = await project.rows(`silver.${table}`);
      answers.push({ rows, rejected: await project.rows(`quarantine.silver.${table}`) });
    } else {
      const own = result.diagnostics.filter(({ message }) => new RegExp(`\\b${table}\\b`).test(message));
      const codes = [...new Set(own.map(({ code }) => code))].sort().join();
      answers.push(/^source-column-(missing|twice)/.test(codes) ? COLUMNS : codes);
    }
  }
  return answers;
}

async function readOnSpark(
  spark: Spark,
  project: Project,
  files: readonly NamedFile[],
  here: readonly Answer[],
  folder: string,
): Promise<readonly Answer[]> {
  const path = join(folder, "lake.py");
  writeFileSync(path, library(project.program));
  for (const { table, file, content } of files) {
    mkdirSync(join(folder, "bronze", table, `load=${LOAD}`), { recursive: true });
    writeFileSync(join(folder, "bronze", table, `load=${LOAD}`, file), content);
  }
  const answers = await spark.readFiles({
    ...{ library: path, lake: folder, load: LOAD },
    files: files.map(({ kind, table, file, columns, distinct }, at) => {
      const answer = here[at];
      const records = typeof answer === "object" ? answer.rows.length + answer.rejected.length : null;
      return { kind, table: `bronze.${table}`, file, columns, distinct, records };
    }),
  });
  return answers.map(answerOf);
}

function answerOf(answer: FileAnswer): Answer {
  if (!("error" in answer)) return { rows: sortedRows(answer.rows), rejected: sortedRows(answer.rejected) };
  if (/ cannot be read as JSON: /.test(answer.error)) return "source-json-invalid";
  return / does not have each of these columns once: /.test(answer.error) ? COLUMNS : answer.error;
}

function withoutRepeats(answer: Answer | undefined): Answer | undefined {
  if (typeof answer !== "object") return answer;
  const rows = new Map(answer.rows.map((row) => [JSON.stringify(row), row]));
  return { ...answer, rows: [...rows.values()] };
}
