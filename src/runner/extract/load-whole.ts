/** Loads the only file of an object as a whole, if it has changed: `load full`, and `load changes` of a file. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzePlan } from "../../plan/program.ts";
import { failure, isSystemError } from "../errors.ts";
import { csvFacts } from "../files/csv-facts.ts";
import { contentProblem } from "../files/file-problem.ts";
import { isInvalidJson } from "../files/json-array.ts";
import { jsonFacts } from "../files/json-facts.ts";
import { countArray } from "../files/rewrite-json.ts";
import type { LoadOf } from "../loads.ts";
import { rowsText } from "../run-result.ts";
import { fetchedAgain, notFetchedAgain } from "./damaged-loads.ts";
import type { Fetched, FetchRequest, PreviousLoad } from "./fetcher.ts";
import { isSameContent, land, removeLoad, withFile } from "./land.ts";
import { commonFacts, type Landed, type LoadContext, startsAgain } from "./load-context.ts";

/**
 * The source is compared only with a load of the same origin, because etags, sizes and times say nothing about another
 * file. If a load is damaged, the file is fetched again, and the damaged load is removed if its recorded content is the same.
 */
export async function loadWhole(
  context: LoadContext,
  fetch: (request: FetchRequest) => Promise<Fetched>,
): Promise<Landed> {
  const { bronze, counted, full, damaged, file, loads } = context;
  const isVersions = bronze.load.kind === "changes";
  const newest = counted.at(-1)?.load;
  const isComparable = !full && damaged.length === 0 && !startsAgain(context);
  const previous = isComparable && newest !== undefined ? withFile(newest, file) : undefined;
  const from = isVersions && !startsAgain(context) ? loads.at(-1)?.id : undefined;
  const load = await land(context, file, async (partial) => {
    const fetched = await fetch({ ...context.request, path: `${partial}/${file}`, previous });
    if (fetched === "unchanged") return fetched;
    const lost = isVersions && from !== undefined ? damaged.filter((each) => !isRestoredBy(each.load, fetched)) : [];
    if (lost.length > 0) throw failure(...lost.map((each) => notFetchedAgain(bronze, each)));
    return { ...fetched, ...commonFacts(context), ...(from === undefined ? {} : { from }) };
  });
  if (load === undefined) return { load, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  for (const each of damaged) {
    const isSame = isSameContent(each.load.facts, load.facts);
    if (isSame) await removeLoad(each.load);
    const lost = `its source has changed, so the rows of load ${each.load.id} cannot be restored from it`;
    diagnostics.push(fetchedAgain(bronze, each, isSame ? undefined : lost));
  }
  const warnings = isVersions ? [] : await withoutRows(bronze, withFile(load, file), newest && withFile(newest, file));
  return { load, diagnostics: [...diagnostics, ...warnings] };
}

function isRestoredBy(damaged: LoadOf, fetched: Exclude<Fetched, "unchanged">): boolean {
  return isSameContent(damaged.facts, fetched);
}

/** No header is longer, so that a larger file has rows and need not be counted. */
const MOST_BYTES_WITHOUT_ROWS = 2 ** 21;

/** A warning if a load has no rows and the previous one had some. */
async function withoutRows(
  bronze: BronzePlan,
  load: PreviousLoad,
  previous: PreviousLoad | undefined,
): Promise<readonly Diagnostic[]> {
  if (previous === undefined || load.facts.bytes > MOST_BYTES_WITHOUT_ROWS) return [];
  if (contentProblem(bronze, load.path) !== undefined || (await rowsIn(bronze, load.path)) !== 0) return [];
  const rows = (await rowsIn(bronze, previous.path)) ?? 0;
  if (rows === 0) return [];
  return [diagnostic("source-without-rows", bronze.span, { relation: `bronze.${bronze.name}`, rows: rowsText(rows) })];
}

/** How many rows a file has, malformed ones too; undefined if it is missing or no JSON of a form that is read. */
async function rowsIn({ object }: BronzePlan, path: string): Promise<number | undefined> {
  try {
    if (object.kind === "csv") return (await csvFacts(path)).records;
    const { form, records } = await jsonFacts(path);
    return form === "array" ? await countArray(path) : records;
  } catch (error) {
    if (isInvalidJson(error) || isSystemError(error)) return undefined;
    throw error;
  }
}
