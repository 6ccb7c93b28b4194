/** Appends rows to a Delta table that only grows, without reading what it has. */
import { createHash } from "node:crypto";
import { VERSION } from "../../version.ts";
import type { Connection } from "../duckdb.ts";
import { syncFolder } from "../fsync.ts";
import { PROTOCOL } from "./actions.ts";
import { commitDelta, newestVersion } from "./log.ts";
import { type DeltaWrite, metadata, removeUncommitted, writePart } from "./table.ts";

/** `columns` are the same in every version of the table. */
export type DeltaAppend = Pick<DeltaWrite, "folder" | "relation" | "columns" | "at"> & { readonly doc: string };

/** Appends the rows of a query in one commit. Throws an error if another program commits at the same time. */
export async function appendRows(connection: Connection, query: string, append: DeltaAppend): Promise<void> {
  const { folder, at } = append;
  const version = (await newestVersion(folder)) + 1;
  await removeUncommitted(folder, version);
  const fingerprint = createHash("sha256").update(query).digest("hex");
  const { add, rows, bytes } = await writePart(connection, query, { ...append, fingerprint, version });
  if (add === undefined) return;
  await syncFolder(folder);
  const commitInfo = {
    timestamp: at.getTime(),
    operation: "WRITE",
    operationParameters: { mode: "Append", partitionBy: "[]" },
    isBlindAppend: true,
    engineInfo: `medalc/${VERSION}`,
    operationMetrics: { numFiles: "1", numOutputRows: String(rows), numOutputBytes: String(bytes) },
  };
  const first = [{ protocol: PROTOCOL }, { metaData: metadata({ ...append, current: undefined, fingerprint }) }];
  const isCommitted = await commitDelta(folder, version, [{ commitInfo }, ...(version === 0 ? first : []), { add }]);
  if (!isCommitted) throw new Error(`version ${version} of ${append.relation} was committed by another program`);
}
