/**
 * Decides whether too many rows were rejected or quarantined for a table to be replaced: more than the program's limit or,
 * without a limit, all of them. lake.py.hbs has the same rule for notebooks.
 */
import type { RelationInputs } from "../codegen/duckdb/relation-inputs.ts";
import { passingSql } from "../codegen/duckdb/table.ts";
import { limitText } from "../codegen/shared/limit.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { type Limit, type Program, qualifiedName, type TablePlan, type TypedExpect } from "../plan/program.ts";
import type { Connection } from "./duckdb.ts";
import { contentHint } from "./files/file-problem.ts";
import type { FoundInput } from "./inputs.ts";
import type { Noticed, Records } from "./row-collector.ts";

/** Rejected or quarantined rows, and all rows that were checked. */
export interface Share {
  readonly rejected: number;
  readonly total: number;
}

/** Whether a share exceeds the limit. All rows are always too many, unless the limit is 100%. */
export function exceeds(limit: Limit | undefined, { rejected, total }: Share): boolean {
  if (rejected === 0) return false;
  if (limit?.unit !== "percent") return rejected === total || rejected > Number(limit?.at ?? Number.POSITIVE_INFINITY);
  const [whole = "", decimals = ""] = limit.at.split(".");
  // In integers, so that a share of exactly the limit does not exceed it.
  return BigInt(rejected) * 100n * 10n ** BigInt(decimals.length) > BigInt(whole + decimals) * BigInt(total);
}

/** A load that counts in a stored bronze table. */
export interface CountingLoad {
  readonly id: string;
  /** The absolute path of its folder. */
  readonly folder: string;
  /** The numbers of its files. */
  readonly files: readonly number[];
}

/** Rows that exceed a limit, so that the table keeps its last version. */
export interface Excess {
  /** As in the quarantine table. */
  readonly source: string;
  /** The name of the expectation; undefined for rejected rows, with any reason. */
  readonly reason?: string;
  /** The load that has the rejected rows, of a stored bronze table. */
  readonly load?: CountingLoad;
  readonly share: Share;
  readonly limit: Limit | undefined;
  readonly expectation?: TypedExpect;
}

export interface Built {
  readonly table: TablePlan;
  readonly program: Program;
  readonly inputs: RelationInputs;
  readonly connection: Connection;
  /** Rows of the result. */
  readonly rows: number;
  /** What became of the records of a bronze relation, or of one of its files. */
  recordsOf(relation: string, file?: number): Records;
  /** Of a stored bronze table: its loads, each of which has the limit. */
  readonly loads: readonly CountingLoad[] | undefined;
}

/** The loads among the inputs of a table; undefined if it is not a stored bronze table. */
export function loadsIn(inputs: readonly FoundInput[]): readonly CountingLoad[] | undefined {
  const found = inputs.find(({ loads }) => loads !== undefined)?.loads;
  if (found === undefined) return undefined;
  const loads = new Map<string, { id: string; folder: string; files: number[] }>();
  found.files.forEach(({ load: id, folder }, number) => {
    const load = loads.get(id) ?? { id, folder, files: [] };
    loads.set(id, load);
    load.files.push(number);
  });
  return [...loads.values()];
}

/** The limits that were exceeded. Rows are only counted again if an expectation has quarantined some. */
export async function findExcesses(noticed: readonly Noticed[], built: Built): Promise<readonly Excess[]> {
  const tooManyRejected: Excess[] = [];
  const tooManyQuarantined: Excess[] = [];
  for (const { notice, count: rejected } of noticed) {
    if (rejected === 0) continue;
    if (notice.kind === "rejected") {
      const { relation } = notice;
      const limit = built.program.bronze.find(({ name }) => `bronze.${name}` === relation)?.reject;
      for (const load of built.loads ?? [undefined]) {
        const share = rejectedShare(relation, load?.files ?? [undefined], built);
        if (exceeds(limit, share)) tooManyRejected.push({ source: relation, ...(load ? { load } : {}), share, limit });
      }
    } else if (notice.kind === "failed" && notice.expectation.action === "quarantine") {
      const { expectation } = notice;
      const { name: reason, limit } = expectation;
      if (limit === undefined && !mayBeEmptied(built)) continue;
      const passing = (most?: number) => count(passingRows(expectation, built, most), built.connection);
      const share = await shareBeyond(limit, rejected, passing);
      if (share !== undefined) tooManyQuarantined.push({ source: notice.relation, reason, share, limit, expectation });
    }
  }
  // When most rows of a load are rejected, expectations on the rest say nothing about the data.
  return tooManyRejected.length > 0 ? tooManyRejected : tooManyQuarantined;
}

/** The rejected records of a load, and all of its records that count. */
function rejectedShare(relation: string, files: readonly (number | undefined)[], { recordsOf }: Built): Share {
  let rejected = 0;
  let total = 0;
  for (const file of files) {
    const records = recordsOf(relation, file);
    rejected += records.rejected;
    total += records.read + records.malformed - records.superseded;
  }
  return { rejected, total };
}

/** The share, if it exceeds the limit. `others` counts the passing rows, up to a maximum. */
async function shareBeyond(
  limit: Limit | undefined,
  rejected: number,
  others: (most?: number) => Promise<number>,
): Promise<Share | undefined> {
  // Finding one passing row is fast; counting them takes as long as building the table.
  const needsAll = limit?.unit === "percent" || (limit !== undefined && rejected > Number(limit.at));
  const share = { rejected, total: rejected + (await others(needsAll ? undefined : 1)) };
  return exceeds(limit, share) ? share : undefined;
}

/** Whether an expectation may have quarantined all rows: then the table is empty, or has the one row of a `group` without keys. */
function mayBeEmptied({ table, rows }: Built): boolean {
  return rows === 0 || table.steps.some((step) => step.kind === "group" && step.keys.length === 0);
}

function passingRows(expectation: TypedExpect, { table, program, inputs }: Built, most: number | undefined): string {
  return `${passingSql(table, program, inputs, expectation)}${most === undefined ? "" : ` LIMIT ${most}`}`;
}

async function count(sql: string, connection: Connection): Promise<number> {
  const [row] = await connection.rows(`SELECT count(*) AS rows FROM (${sql})`);
  return Number(row?.rows);
}

/** How many of the most frequent reasons are shown. */
const REASONS_SHOWN = 3;

/** The most frequent reasons of a source's rows in the quarantine: `price is missing (12), malformed record (1)`. */
export async function reasonsText(source: string, quarantineSql: string, connection: Connection): Promise<string> {
  const groups = await connection.rows(
    `SELECT source, reason, count(*) AS rows FROM (${quarantineSql}) GROUP BY ALL ORDER BY rows DESC, reason`,
  );
  const shown = groups.filter((group) => group.source === source).slice(0, REASONS_SHOWN);
  return shown.map(({ reason, rows }) => `${reason} (${rows})`).join(", ");
}

/** The diagnostic for an exceeded limit. `reasons` is only used for rejected rows. */
export function excessProblem(
  excess: Excess,
  reasons: string,
  table: TablePlan,
  found: readonly FoundInput[],
): Diagnostic {
  const { source, share, limit, expectation } = excess;
  const params = { table: qualifiedName(table), count: countText(share), limit: beyondText(share, limit) };
  if (expectation !== undefined) {
    const name = JSON.stringify(expectation.name);
    return diagnostic("too-many-quarantined", expectation.span, { ...params, name }, limitPlace(limit));
  }
  const { load } = excess;
  if (load !== undefined) {
    const loaded = { ...params, load: load.id, reasons, folder: load.folder };
    return diagnostic("load-rejected", table.span, loaded, limitPlace(limit));
  }
  const bronze = found.find(({ relation }) => relation === source)?.bronze;
  const span = bronze?.plan.span ?? table.span;
  const hint = bronze === undefined ? "" : contentHint(bronze.plan, bronze.load.path);
  const cause = hint === "" ? "" : `${hint} `;
  return diagnostic("too-many-rejected", span, { ...params, relation: source, reasons, cause }, limitPlace(limit));
}

function limitPlace(limit: Limit | undefined): { readonly related?: Diagnostic["related"] } {
  return limit === undefined ? {} : { related: [{ span: limit.span, message: "the limit is here" }] };
}

function countText({ rejected, total }: Share): string {
  if (rejected === total) return total === 1 ? "its only row" : `all ${total} rows`;
  return `${rejected} of ${total} rows`;
}

/** `, more than 5%`; empty if all rows are too many without a limit. */
function beyondText({ rejected, total }: Share, limit: Limit | undefined): string {
  if (limit === undefined || (limit.unit === "rows" && rejected === total && rejected <= Number(limit.at))) return "";
  return `, more than ${limitText(limit)}`;
}
