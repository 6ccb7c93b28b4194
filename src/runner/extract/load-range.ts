/** Loads what is new in a table of a database: `load append by C` and `load changes by C`. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { failure } from "../errors.ts";
import type { LoadFacts, Tail } from "../load-record.ts";
import { rowsText } from "../run-result.ts";
import { lessLag, type WatermarkType, watermarkOf, watermarkText, watermarkType } from "../watermark.ts";
import { fetchedAgain } from "./damaged-loads.ts";
import type { FetchRequest } from "./fetcher.ts";
import { keepDamaged, land } from "./land.ts";
import { commonFacts, type Landed, type LoadContext, startsAgain } from "./load-context.ts";
import { type RangeFetched, type RangeRequest, sumOfFile } from "./range.ts";

export async function loadRange(
  context: LoadContext,
  fetch: (request: FetchRequest, range: RangeRequest) => Promise<RangeFetched>,
): Promise<Landed> {
  const { bronze, damaged, file, loads } = context;
  const { load } = bronze;
  if (load.kind !== "append" && load.kind !== "changes") throw new Error(`load ${load.kind} has no range`);
  const type = watermarkType(bronze.columns.find(({ name }) => name === load.by)?.type ?? { kind: "error" });
  const nextFrom = (highest: bigint) => lessLag(highest, load.lag, type);
  const known = startsAgain(context) ? undefined : highestOf(context, type);
  const from = known === undefined ? undefined : firstOf(context, nextFrom(known), type);
  const text = from === undefined ? undefined : watermarkText(from, type);
  const previous = startsAgain(context) || damaged.length > 0 ? undefined : loads.at(-1);
  const range: RangeRequest = {
    ...{ column: load.by, type, from, nextFrom },
    onHighest(highest) {
      if (known !== undefined && (highest === undefined || highest < known))
        throw failure(wentBack(context, load.by, highest, known, type));
    },
  };
  const landed = await land(context, file, async (partial) => {
    const path = `${partial}/${file}`;
    const request = { ...context.request, path, previous: undefined };
    const { highest, ...fetched } = await fetch(request, range);
    const to = highest === undefined ? undefined : watermarkText(highest, type);
    if (previous?.facts.to === to && (await isTail(path, previous?.facts.tail, text))) return "unchanged";
    return {
      ...fetched,
      ...commonFacts(context),
      ...(text === undefined ? {} : { from: text }),
      ...(to === undefined ? {} : { to }),
    };
  });
  if (landed === undefined) return { load: landed, diagnostics: [] };
  for (const each of damaged) await keepDamaged(each.load);
  const lost = "rows that the source does not have any more cannot be restored";
  return {
    load: landed,
    diagnostics: damaged.map((each) => fetchedAgain(bronze, each, load.kind === "changes" ? lost : undefined)),
    contents: contentsOf(landed.facts, load.by),
  };
}

/** The highest value of the loads that count; undefined if they have none. */
function highestOf({ counted }: LoadContext, type: WatermarkType): bigint | undefined {
  return counted
    .map(({ load: { facts } }) => (facts.to === undefined ? undefined : watermarkOf(facts.to, type)))
    .reduce((a, b) => (a === undefined || (b !== undefined && b > a) ? b : a), undefined);
}

/** Where the load begins: below the ranges of damaged loads, which it replaces. Undefined to load everything. */
function firstOf({ damaged }: LoadContext, next: bigint, type: WatermarkType): bigint | undefined {
  let first = next;
  for (const { load } of damaged) {
    const from = load.facts.from === undefined ? undefined : watermarkOf(load.facts.from, type);
    if (from === undefined) return undefined;
    if (from < first) first = from;
  }
  return first;
}

/** Whether the rows of a file are those at the end of the load before, so that nothing is new. */
async function isTail(path: string, tail: Tail | undefined, from: string | undefined): Promise<boolean> {
  if (tail === undefined || tail.from !== from) return false;
  const { rows, sum } = await sumOfFile(path);
  return rows === tail.rows && sum === tail.sum;
}

function wentBack(
  { bronze }: LoadContext,
  column: string,
  highest: bigint | undefined,
  known: bigint,
  type: WatermarkType,
): Diagnostic {
  const params = {
    relation: `bronze.${bronze.name}`,
    source: bronze.source,
    column,
    found: highest === undefined ? "no value" : watermarkText(highest, type),
    known: watermarkText(known, type),
  };
  return diagnostic("source-went-back", bronze.span, params);
}

function contentsOf({ records, from, to }: LoadFacts, column: string): string {
  const rows = rowsText(records ?? 0);
  if (to === undefined) return rows;
  return `${rows}, ${column} ${from === undefined ? "" : `${from} `}to ${to}`;
}
