/** Parses and validates an action of a log line or a checkpoint row: a file may contain anything. */
import { integerOf, type JsonObject, numberOf, objectOf, textOf } from "../read-json.ts";
import type { Action, AddFile, CommitInfo, Metadata, Protocol, RemoveFile } from "./actions.ts";
import type { DeltaField, DeltaSchema } from "./schema.ts";

/** Throws an error that names what is invalid. Unused actions are ignored. */
export function parseAction(value: unknown): Action {
  const action = needed(objectOf(value), "an action that is not an object");
  return {
    ...part("protocol", action, protocolOf),
    ...part("metaData", action, metadataOf),
    ...part("add", action, addOf),
    ...part("remove", action, removeOf),
    ...part("commitInfo", action, commitInfoOf),
  };
}

/** The schema in the metadata of a table. Throws an error if it is invalid. */
export function parseSchema(text: string): DeltaSchema {
  const problem = "an invalid schema";
  const fields = needed(objectOf(JSON.parse(text)), problem).fields;
  if (!Array.isArray(fields)) throw new Error(problem);
  return { type: "struct", fields: fields.map((each) => fieldOf(needed(objectOf(each), problem))) };
}

function fieldOf({ name, type, nullable, metadata }: JsonObject): DeltaField {
  return {
    name: needed(textOf(name), "a column without a name"),
    type: needed(textOf(type) ?? objectOf(type), "a column without a type"),
    nullable: nullable !== false,
    metadata: objectOf(metadata) ?? {},
  };
}

/** A member of an object, if present: checkpoints have all of them, most of them null. */
function part<Name extends string, Part>(
  name: Name,
  action: JsonObject,
  parse: (value: JsonObject) => Part,
): Partial<Record<Name, Part>> {
  const value = action[name];
  if (value === undefined || value === null) return {};
  const parsed: Partial<Record<Name, Part>> = {};
  parsed[name] = parse(needed(objectOf(value), `a ${name} that is not an object`));
  return parsed;
}

function needed<Value>(value: Value | undefined, problem: string): Value {
  if (value === undefined) throw new Error(problem);
  return value;
}

function protocolOf({ minReaderVersion, minWriterVersion, readerFeatures, writerFeatures }: JsonObject): Protocol {
  return {
    minReaderVersion: needed(integerOf(minReaderVersion), "a protocol without a version"),
    minWriterVersion: needed(integerOf(minWriterVersion), "a protocol without a version"),
    ...(Array.isArray(readerFeatures) ? { readerFeatures: readerFeatures.map(String) } : {}),
    ...(Array.isArray(writerFeatures) ? { writerFeatures: writerFeatures.map(String) } : {}),
  };
}

function metadataOf(value: JsonObject): Metadata {
  const { partitionColumns } = value;
  const name = textOf(value.name);
  const description = textOf(value.description);
  const createdTime = numberOf(value.createdTime);
  return {
    id: needed(textOf(value.id), "a table without an identity"),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    format: { provider: textOf(objectOf(value.format)?.provider) ?? "parquet", options: {} },
    schemaString: needed(textOf(value.schemaString), "a table without a schema"),
    partitionColumns: Array.isArray(partitionColumns) ? partitionColumns.map(String) : [],
    configuration: textsOf(value.configuration),
    ...(createdTime === undefined ? {} : { createdTime }),
  };
}

function addOf({ path, size, partitionValues, modificationTime, dataChange, stats, tags, deletionVector }: JsonObject) {
  const statistics = textOf(stats);
  const add: AddFile = {
    path: needed(textOf(path), "a file without a path"),
    partitionValues: textsOf(partitionValues),
    size: needed(integerOf(size), "a file without a size"),
    modificationTime: numberOf(modificationTime) ?? 0,
    dataChange: dataChange !== false,
    ...(statistics === undefined ? {} : { stats: statistics }),
    tags: textsOf(tags),
    ...(deletionVector === undefined || deletionVector === null ? {} : { deletionVector }),
  };
  return add;
}

function removeOf({ path, deletionTimestamp, dataChange }: JsonObject): RemoveFile {
  return {
    path: needed(textOf(path), "a file without a path"),
    deletionTimestamp: numberOf(deletionTimestamp) ?? 0,
    dataChange: dataChange !== false,
  };
}

function commitInfoOf(value: JsonObject): CommitInfo {
  const userMetadata = textOf(value.userMetadata);
  const readVersion = integerOf(value.readVersion);
  return {
    timestamp: numberOf(value.timestamp) ?? 0,
    operation: textOf(value.operation) ?? "",
    operationParameters: textsOf(value.operationParameters),
    ...(readVersion === undefined ? {} : { readVersion }),
    isBlindAppend: value.isBlindAppend === true,
    engineInfo: textOf(value.engineInfo) ?? "",
    operationMetrics: textsOf(value.operationMetrics),
    ...(userMetadata === undefined ? {} : { userMetadata }),
  };
}

/** The string members of an object. */
function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value) ?? {});
  return Object.fromEntries(entries.flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])));
}
