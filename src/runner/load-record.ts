/** The records of loads, `_load.json`: what a load contains, where it came from, and what tells whether that has changed. */
import { readFile } from "node:fs/promises";
import { LOAD_MARKER } from "../codegen/shared/bronze-file.ts";
import { isFileError } from "./errors.ts";
import { objectOf, parsedObject } from "./read-json.ts";

/** Where a load came from. */
export type Origin =
  /** The path or the pattern. Relative to the program's folder where it lies below it, so that a project may be moved. */
  | { readonly kind: "file"; readonly path: string }
  /** Without query values that may be secrets. */
  | { readonly kind: "http"; readonly url: string }
  | {
      readonly kind: "postgres";
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly schema: string;
      readonly table: string;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: "mongodb";
      /** `mongodb://a:27017,b:27017`, without user, password and options. */
      readonly server: string;
      readonly database: string;
      readonly collection: string;
    };

/** Facts about a file, which tell the next run whether it has changed. */
export interface FileFacts {
  readonly bytes: number;
  /** Of a database: the number of rows or documents that it sent; the file has as many lines. */
  readonly records?: number;
  readonly sha256?: string;
  /** Of a copied file: when its content and its entry in the file system were last changed, in milliseconds since 1970. */
  readonly modified?: number;
  readonly changed?: number;
  /** As sent by the server. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** The URL of the response after redirects, without its query. */
  readonly answeredBy?: string;
}

/** One of the files of a load. */
export interface LoadedFile extends FileFacts {
  /** Its path in the folder of the load. */
  readonly file: string;
  /** Its path at the source. */
  readonly path: string;
}

/** What `_load.json` has. `bytes` are those of all files. */
export interface LoadFacts extends FileFacts {
  /** A load of unknown origin is not compared with anything. */
  readonly origin?: Origin;
  /** What `from` means; see `modeText`. Absent: the load contains everything, or Data Factory wrote the record. */
  readonly mode?: string;
  /**
   * Where the load begins: a value of the column that says what is new; for files the load that it continues. Absent: it
   * contains everything, and earlier loads no longer count.
   */
  readonly from?: string;
  /** The highest value of the column at the source. Absent: the source had none. */
  readonly to?: string;
  /** The rows that the next load will contain again, so that a source where nothing is new makes no load. */
  readonly tail?: Tail;
  /** Of a pattern and of `load files`. Absent: the load has one file. */
  readonly files?: readonly LoadedFile[];
}

/** The rows of a load from a value on, and those without a value. */
export interface Tail {
  /** Absent: all rows. */
  readonly from?: string;
  readonly rows: number;
  /** The sum of the SHA-256 of all rows. */
  readonly sum: string;
}

export interface LoadRecord {
  readonly facts: LoadFacts;
  /** What is wrong with the record; then no facts about the load are known. */
  readonly recordDamage?: string;
}

/** Undefined if there is no record, so that the load is not complete. */
export async function readRecord(path: string): Promise<LoadRecord | undefined> {
  try {
    const text = parsedObject(await readFile(path, "utf8"));
    // Data Factory does not say how many bytes it copied.
    const facts: unknown = text?.from === undefined && text?.to === undefined ? text : { bytes: -1, ...text };
    if (isFacts(facts)) return { facts };
    return { facts: UNKNOWN, recordDamage: `its record ${LOAD_MARKER} is damaged` };
  } catch (error) {
    if (isFileError(error, "ENOENT")) return undefined;
    if (isFileError(error, "EISDIR")) return { facts: UNKNOWN, recordDamage: `its record ${LOAD_MARKER} is a folder` };
    throw error;
  }
}

const UNKNOWN: LoadFacts = { bytes: -1 };

type FactType = "string" | "number" | "object";

const FILE_FACTS = {
  bytes: "number",
  records: "number",
  sha256: "string",
  modified: "number",
  changed: "number",
  answeredBy: "string",
  etag: "string",
  lastModified: "string",
} as const satisfies Record<keyof FileFacts, FactType>;

const LOAD_FACTS = {
  ...FILE_FACTS,
  origin: "object",
  mode: "string",
  from: "string",
  to: "string",
  tail: "object",
  files: "object",
} as const satisfies Record<keyof LoadFacts, FactType>;

const LOADED_FILE = { ...FILE_FACTS, file: "string", path: "string" } as const satisfies Record<
  keyof LoadedFile,
  FactType
>;

function isFacts(value: unknown): value is LoadFacts {
  const facts = objectOf(value);
  if (facts === undefined || !hasTypes(facts, LOAD_FACTS) || typeof facts.bytes !== "number") return false;
  const { files, origin } = facts;
  if (origin !== undefined && !isOrigin(origin)) return false;
  return files === undefined || (Array.isArray(files) && files.every(isLoadedFile));
}

const ORIGINS: Readonly<Record<Origin["kind"], Readonly<Record<string, FactType>>>> = {
  file: { path: "string" },
  http: { url: "string" },
  postgres: {
    host: "string",
    port: "number",
    database: "string",
    schema: "string",
    table: "string",
    columns: "object",
  },
  mongodb: { server: "string", database: "string", collection: "string" },
};

function isOrigin(value: unknown): value is Origin {
  const origin = objectOf(value);
  const types = Object.entries(ORIGINS).find(([kind]) => kind === origin?.kind)?.[1];
  if (origin === undefined || types === undefined) return false;
  const isWhole = Object.entries(types).every(([name, type]) => typeof origin[name] === type);
  const { columns = [] } = origin;
  return isWhole && Array.isArray(columns) && columns.every((name) => typeof name === "string");
}

function isLoadedFile(value: unknown): value is LoadedFile {
  const facts = objectOf(value);
  if (facts === undefined || !hasTypes(facts, LOADED_FILE)) return false;
  const { file, path, bytes } = facts;
  return typeof bytes === "number" && typeof file === "string" && typeof path === "string" && isInside(file);
}

/** A damaged record must not lead out of the folder of its load. */
function isInside(path: string): boolean {
  return path !== "" && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function hasTypes(facts: Readonly<Record<string, unknown>>, types: Readonly<Record<string, FactType>>): boolean {
  return Object.entries(types).every(([name, type]) => facts[name] === undefined || typeof facts[name] === type);
}
