/** Extracts collections from MongoDB: a cursor in the order of `_id`, each document as a line of relaxed Extended JSON. */
import { BSON, type Collection, MongoClient } from "mongodb";
import { sourceError } from "./failures.ts";
import { checkLines, type Fetched, type FetchRequest, writeMeasured } from "./fetcher.ts";
import { beginRange } from "./mongodb-range.ts";
import { parseMongoUri } from "./mongodb-uri.ts";
import { createRowSum, type RangeFetched, type RangeRequest, tailOf } from "./range.ts";
import { withRetries } from "./retry.ts";
import type { ReachedSource } from "./sources.ts";

type MongoDb = Extract<ReachedSource, { readonly kind: "mongodb" }>;

const DOCUMENTS_AT_A_TIME = 1000;

export async function fetchFromMongoDb(source: MongoDb, request: FetchRequest): Promise<Fetched> {
  const { previous, retry } = request;
  const fetched = await withRetries(
    () => connected(source, request, (collection) => writeDocuments(collection.find({}, IN_ORDER), request)),
    retry,
  );
  return fetched.sha256 === previous?.facts.sha256 ? "unchanged" : fetched;
}

/**
 * The documents of a range. The highest value is found first, and no document above it is written, so that those that are
 * changed meanwhile are part of the next load.
 */
export function fetchRangeFromMongoDb(
  source: MongoDb,
  request: FetchRequest,
  range: RangeRequest,
): Promise<RangeFetched> {
  const fetchOnce = async (collection: Collection): Promise<RangeFetched> => {
    const { highest, filter, value: valueIn } = await beginRange(collection, relaxedJson, range);
    const next = highest === undefined ? undefined : range.nextFrom(highest);
    const sum = createRowSum();
    async function* chosen(): AsyncGenerator<BSON.Document> {
      for await (const document of collection.find(filter, IN_ORDER)) {
        const value = valueIn(document);
        if (value !== undefined && range.from !== undefined && value < range.from) continue;
        if (value !== undefined && (highest === undefined || value > highest)) continue;
        if (value === undefined || next === undefined || value >= next) sum.add(relaxedJson(document));
        yield document;
      }
    }
    const facts = await writeDocuments(chosen(), request);
    return { ...facts, highest, tail: tailOf(sum, range, highest) };
  };
  return withRetries(() => connected(source, request, fetchOnce), request.retry);
}

/** In the order of `_id` no document is returned twice, even if it is changed meanwhile. */
const IN_ORDER = { sort: { _id: 1 }, batchSize: DOCUMENTS_AT_A_TIME, promoteLongs: false } as const;

async function connected<Result>(
  source: MongoDb,
  { object, retry }: FetchRequest,
  work: (collection: Collection) => Promise<Result>,
): Promise<Result> {
  if (object.kind !== "collection") throw new Error(`MongoDB has no ${object.kind}`);
  parseMongoUri(source.uri);
  const client = new MongoClient(source.uri, { serverSelectionTimeoutMS: retry.patience, appName: "medalc" });
  const stop = () => void client.close();
  retry.signal.addEventListener("abort", stop);
  try {
    const database = client.db(source.database);
    const known = await database.listCollections({ name: object.collection }, { nameOnly: true }).toArray();
    // Reading a missing collection would return no rows, as if it were empty.
    if (known.length === 0) throw sourceError({ kind: "object" }, `there is no collection ${object.collection}`);
    return await work(database.collection(object.collection));
  } finally {
    retry.signal.removeEventListener("abort", stop);
    await client.close();
  }
}

async function writeDocuments(documents: AsyncIterable<BSON.Document>, { path, onBytes }: FetchRequest) {
  const sent = { documents: 0 };
  const { lines, ...facts } = await writeMeasured(linesOf(documents, sent), path, onBytes);
  checkLines(lines, sent.documents, "documents");
  return { ...facts, records: lines };
}

/** Counts the documents of the driver in `sent`. */
async function* linesOf(documents: AsyncIterable<BSON.Document>, sent: { documents: number }): AsyncGenerator<Buffer> {
  let text = "";
  for await (const document of documents) {
    text += `${relaxedJson(document)}\n`;
    if (++sent.documents % DOCUMENTS_AT_A_TIME > 0) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text);
}

/** Relaxed Extended JSON with all digits of a long; the driver's own function would convert it to a double. */
export function relaxedJson(value: unknown): string {
  if (BSON.Long.isLong(value)) return value.toString();
  if (Array.isArray(value)) return `[${value.map(relaxedJson).join(",")}]`;
  if (isPlainObject(value)) {
    return `{${Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `${JSON.stringify(name)}:${relaxedJson(member)}`)
      .join(",")}}`;
  }
  return BSON.EJSON.stringify(value, { relaxed: true });
}

/** Whether it is a document rather than one of BSON's own types. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
