/** A Spark that tests talk to: it answers each of them one request after the other. */
import type { Request } from "../../../src/runner/spark/driver.ts";
import { startJudge } from "./judge.ts";
import { sharedJudge } from "./shared.ts";

export interface Spark {
  /** Runs a notebook as a job of Databricks would; what it printed. Fails as it fails. */
  run(path: string, parameters: Texts, settings?: Texts): Promise<string>;
  /** The load that the first task of a job gives to the others. */
  newestLoad(path: string, parameters: Texts): Promise<string>;
  /** Runs a notebook as a task of a job; `values` are those that other tasks have set. */
  task(path: string, parameters: Texts, values: Readonly<Record<string, Texts>>): Promise<TaskOutcome>;
  /**
   * Runs notebooks one after the other with a stand-in for Unity Catalog, whose state is kept; catalog.py is the other side.
   * The statements that only Unity Catalog knows.
   */
  runWithCatalog(paths: readonly string[], parameters: Texts, state: string): Promise<readonly string[]>;
  /** Texts as Spark reads what notebooks write of them in SQL, as a text and as a name. They must differ. */
  readQuoted(paths: readonly string[], texts: readonly string[]): Promise<readonly unknown[]>;
  /** Runs a statement. */
  sql(text: string): Promise<void>;
  /** The rows of a Delta table, in no order: decimals as text, instants as `2018-01-31T23:59:59.000000Z`. */
  rows(folder: string): Promise<readonly Row[]>;
  /** The same with every value as text, which is how `medalc show` has them. */
  texts(folder: string): Promise<readonly Row[]>;
  /** Builds small programs in memory. What became of each one's tables, in their order; batch.py is the other side. */
  build(programs: readonly SmallProgram[]): Promise<readonly Readonly<Record<string, SmallTable>>[]>;
  /** What the notebooks' library reads of bronze files; readers.py is the other side. */
  readFiles(request: FilesRequest): Promise<readonly FileAnswer[]>;
  /**
   * What expressions in PySpark give, each over its own rows; those that are no aggregates have one row each. `compiled`:
   * Spark generates code for them; else it computes by itself what it knows the values of.
   */
  evaluate(cases: readonly SparkCase[], compiled: boolean): Promise<readonly SparkAnswer[]>;
  /** What expressions give for each of their rows, those without aggregates; else for all of them. */
  sheets(sheets: readonly SparkSheet[]): Promise<readonly SheetAnswer[]>;
  stop(): Promise<void>;
}

export interface TaskOutcome {
  /** What it leaves for other tasks. */
  readonly values: Texts;
  /** What it ends with; undefined if it failed. */
  readonly exit?: string;
  readonly error?: string;
}

type Texts = Readonly<Record<string, string>>;

/** Spark interprets expressions: compiling them takes most of the time of a notebook with a handful of rows. */
export const INTERPRETED: Texts = {
  "spark.sql.codegen.factoryMode": "NO_CODEGEN",
  "spark.sql.codegen.wholeStage": "false",
};

export type SparkSheet = Omit<SparkCase, "fails">;
export type SheetAnswer = { readonly type: string; readonly values: readonly (string | null)[] } | SparkProblem;

export interface SparkCase {
  readonly text: string;
  readonly aggregate: boolean;
  /** Constants by the names of columns, which no two cases share. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** Of which rows: a condition of theirs. */
  readonly where?: string;
  /** Those that should are asked alone. */
  readonly fails: boolean;
}

/** A program and the rows of its bronze relations, to be built in one of the ways that must make no difference. */
export interface SmallProgram {
  readonly way: "plain" | "scattered" | "compiled";
  /** The text of the notebook that the others take in. */
  readonly library: string;
  /** The others' texts by table, in an order in which they can be built. */
  readonly notebooks: Readonly<Record<string, string>>;
  /** The tables that others read. */
  readonly read: readonly string[];
  /** By relation, the texts of each row. */
  readonly bronze: Readonly<Record<string, readonly (readonly (string | null)[])[]>>;
}

/** A table that Spark has built, or why there is none. One that reads such a one has no answer. */
export type SmallTable =
  | {
      /** All values as text. */
      readonly rows: readonly (readonly (string | null)[])[];
      /** Source and reason of each rejected row; undefined for a table that rejects none. */
      readonly rejected?: readonly (readonly [string, string])[];
      readonly printed: readonly string[];
    }
  | {
      readonly error: string;
      /** Spark's name for what a value did; null where no value is to blame. */
      readonly condition: string | null;
    };

export interface FilesRequest {
  /** The path of the library. */
  readonly library: string;
  /** The lake's folder and the load of all files. */
  readonly lake: string;
  readonly load: string;
  readonly files: readonly {
    readonly kind: "csv" | "json";
    readonly table: string;
    readonly file: string;
    /** Their types by name, as the program writes them. */
    readonly columns: Readonly<Record<string, string>>;
    readonly distinct: boolean;
    /** How many records it has; null where nobody has counted. */
    readonly records: number | null;
  }[];
}

export type FileAnswer =
  | {
      readonly rows: readonly (readonly (string | null)[])[];
      /** Source, reason and record of each. */
      readonly rejected: readonly (readonly (string | null)[])[];
    }
  | { readonly error: string };

/** A value as text, or why there is none; `analysis`: Spark did not understand the expression. */
export type SparkAnswer = { readonly type: string; readonly value: string | null } | SparkProblem;
export interface SparkProblem {
  readonly error: string;
  readonly analysis: boolean;
}

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Milliseconds within which a test file has installed Spark and run its programs, however busy the machine is. */
export const INSTALLED_AND_RUN = 1_200_000;

/** Installs Spark where it is not yet, and starts it; in a run of tests, the one that all of its files ask. */
export async function startSpark(): Promise<Spark> {
  const shared = process.env.MEDAL_TEST_SPARK;
  const judge = shared === undefined ? await startJudge() : sharedJudge(shared);
  let last: Promise<unknown> = Promise.resolve();
  async function ask(request: Request): Promise<unknown> {
    const answer = last.then(() => judge.ask(request));
    last = answer;
    const reply = await answer;
    if ("error" in reply) throw Object.assign(new Error(reply.error.trace), { problem: reply.error });
    return reply.result;
  }
  async function rows(request: Request): Promise<readonly Row[]> {
    const result = await ask(request);
    if (!Array.isArray(result)) throw new Error("Spark gave no rows");
    return result.map((row) => JSON.parse(row));
  }

  async function task(...[path, parameters, values]: Parameters<Spark["task"]>): Promise<TaskOutcome> {
    return Object(await ask({ do: "task", path, parameters, values }));
  }

  return {
    run: async (path, parameters, settings = {}) =>
      String(await ask({ do: "run", path, parameters, settings, memory: {} })),
    async newestLoad(path, parameters) {
      const { values, error } = await task(path, parameters, {});
      if (error !== undefined) throw new Error(error);
      return values.load ?? "";
    },
    task,
    async runWithCatalog(paths, parameters, state) {
      const result = await ask({ do: "runWithCatalog", paths, parameters, state });
      if (!Array.isArray(result)) throw new Error("Spark gave no statements");
      return result;
    },
    async readQuoted(paths, texts) {
      const result = await ask({ do: "readQuoted", paths, texts });
      if (!Array.isArray(result)) throw new Error("Spark gave no texts");
      return result;
    },
    async sql(text) {
      await ask({ do: "sql", text });
    },
    rows: (folder) => rows({ do: "rows", path: folder }),
    texts: (folder) => rows({ do: "texts", path: folder }),
    async build(programs) {
      const result = await ask({ do: "build", programs });
      if (!Array.isArray(result)) throw new Error("Spark gave no answers");
      return result;
    },
    async readFiles(request) {
      const result = await ask({ do: "readFiles", ...request });
      if (!Array.isArray(result)) throw new Error("Spark gave no answers");
      return result;
    },
    async evaluate(cases, compiled) {
      const result = await ask({ do: "evaluate", cases, compiled });
      if (!Array.isArray(result)) throw new Error("Spark gave no answers");
      return result;
    },
    async sheets(asked) {
      const result = await ask({ do: "sheets", sheets: asked });
      if (!Array.isArray(result)) throw new Error("Spark gave no answers");
      return result;
    },
    stop: judge.stop,
  };
}
