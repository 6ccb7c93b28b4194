/**
 * The files of a table in the lake's container, told apart from what people put beside them: of silver and gold those that
 * the table's log names, and the log; of bronze those of its loads and of its Delta table. Only they are removed with the
 * table.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { filesNamedByLog } from "../../runner/delta/log.ts";
import { createEngine } from "../../runner/duckdb.ts";
import type { ObjectId } from "../object.ts";
import { type Container, hasCode } from "./container.ts";

export interface TableFiles {
  /** In the order of removal: the log last, for it tells which files are the table's; folders behind what is in them. */
  readonly own: readonly string[];
  /** Files of others below the table's folders. */
  readonly others: readonly string[];
}

/** Of `gold.orders`: the contents of its folder and of its quarantine. */
export async function tableFiles(container: Container, table: ObjectId): Promise<TableFiles> {
  const found = await Promise.all(foldersOf(table).map((folder) => filesBelow(container, folder)));
  return { own: found.flatMap(({ own }) => own), others: found.flatMap(({ others }) => others) };
}

function foldersOf({ name }: ObjectId): readonly string[] {
  const [, layer, table] = /^(bronze|silver|gold)\.(\w+)$/.exec(name) ?? [];
  if (layer === undefined || table === undefined) throw new Error(`${name} is no table`);
  const quarantine = `quarantine/${layer}/${table}`;
  // A bronze table is only stored with some load modes; otherwise the last two folders do not exist.
  return layer === "bronze" ? [`bronze/${table}`, `parsed/${table}`, quarantine] : [`${layer}/${table}`, quarantine];
}

interface Listed {
  readonly name: string;
  /** Accounts with a hierarchical namespace list folders too. */
  readonly isFolder: boolean;
}

const LOG_FOLDER = "_delta_log";

/** `bronze/orders/load=20260131T060000Z/2026-01/orders.csv` */
const LANDED = /^load=\d{8}T\d{6}Z\/.+$/;

async function filesBelow(container: Container, folder: string): Promise<TableFiles> {
  const listed = await list(container, folder);
  const files = listed.filter(({ isFolder }) => !isFolder).map(({ name }) => name);
  const log = files.filter((name) => name.startsWith(`${folder}/${LOG_FOLDER}/`));
  const named = folder.startsWith("bronze/") ? undefined : await namedByLog(container, log);
  const isData = (name: string): boolean => {
    const path = name.slice(folder.length + 1);
    return named === undefined ? LANDED.test(path) : named.has(path);
  };
  const own = [...files.filter(isData), ...log];
  const known = new Set(own);
  const others = files.filter((name) => !known.has(name));
  const folders = listed.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  const empty = folders.filter((each) => !others.some((name) => name.startsWith(`${each}/`)));
  return { own: [...own, ...empty.sort((a, b) => depthOf(b) - depthOf(a))], others };
}

const depthOf = (name: string): number => name.split("/").length;

/** All below a folder, and the folder itself where the account has folders. */
async function list({ client, ask }: Container, folder: string): Promise<readonly Listed[]> {
  return ask(`list the folder ${folder}`, async (abortSignal) => {
    const found: Listed[] = [];
    for await (const { name, metadata } of client.listBlobsFlat({
      prefix: `${folder}/`,
      includeMetadata: true,
      abortSignal,
    })) {
      found.push({ name, isFolder: isFolder(metadata) });
    }
    try {
      const { metadata } = await client.getBlobClient(folder).getProperties({ abortSignal });
      if (isFolder(metadata)) found.push({ name: folder, isFolder: true });
    } catch (error) {
      if (!hasCode(error, "BlobNotFound", "ContainerNotFound", "404")) throw error;
    }
    return found;
  });
}

/** Where all below it is gone, a folder that was made by hand or by a driver is left: an empty blob with this mark. */
function isFolder(metadata: Readonly<Record<string, string>> | undefined): boolean {
  return metadata?.hdi_isfolder === "true";
}

/** The paths that the log names, relative to the table's folder. */
async function namedByLog({ client, ask }: Container, log: readonly string[]): Promise<ReadonlySet<string>> {
  const entries = log.filter((name) => /\/\d{20}\.(?:json|checkpoint[.\d]*\.parquet)$/.test(name));
  if (entries.length === 0) return new Set();
  const folder = await mkdtemp(join(tmpdir(), "medalc-"));
  try {
    await mkdir(join(folder, LOG_FOLDER));
    for (const name of entries) {
      const path = join(folder, LOG_FOLDER, basename(name));
      await ask(`read ${name}`, (abortSignal) =>
        client.getBlobClient(name).downloadToFile(path, 0, undefined, { abortSignal }),
      );
    }
    return await filesNamedByLog(folder, (sql) => rowsOf(sql, join(folder, "engine")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only for logs with checkpoints, which are Parquet. */
async function rowsOf(sql: string, scratchFolder: string) {
  const engine = await createEngine({ scratchFolder });
  try {
    return await (await engine.connect()).rows(sql);
  } finally {
    engine.close();
  }
}
