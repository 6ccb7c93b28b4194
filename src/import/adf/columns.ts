/** The columns of a copy: from its mapping, otherwise from the schema of its dataset. */
import { STRING } from "../../types.ts";
import type { ColumnDraft } from "./drafts.ts";
import { elements, get, type Node, properties, text } from "./json.ts";
import { assumed, type Notice, notImported } from "./notices.ts";
import { typeOf } from "./types.ts";

export interface Columns {
  readonly columns: readonly ColumnDraft[];
  readonly notices: readonly Notice[];
}

/** @param dataset properties of the dataset that is read @param activity the Copy activity */
export function columnsOf(dataset: Node, activity: Node): Columns {
  const mapped = mappingOf(get(activity, "typeProperties", "translator"));
  return mapped.columns.length > 0 ? mapped : schemaOf(dataset);
}

/** Newer files have `mappings`, older ones `columnMappings` or `schemaMapping`. */
function mappingOf(translator: Node): Columns {
  const old = [...properties(get(translator, "columnMappings")), ...properties(get(translator, "schemaMapping"))];
  if (old.length > 0) return { columns: old.map(([name]) => ({ name: unbracketed(name), type: STRING })), notices: [] };
  const notices: Notice[] = [];
  const columns = elements(get(translator, "mappings")).flatMap((mapping): readonly ColumnDraft[] => {
    const source = get(mapping, "source");
    const path = text(get(source, "path"));
    const name = text(get(source, "name")) ?? (path === undefined ? undefined : topLevel(path));
    if (name === undefined) {
      const what = path === undefined ? "it has no source column" : "it reads a nested value";
      notices.push(notImported(source, `a column: ${what}`));
      return [];
    }
    const sink = get(mapping, "sink");
    const typed = [get(source, "type"), get(source, "physicalType"), get(sink, "type"), get(sink, "physicalType")];
    const typeName = typed.map(text).find((each) => each !== undefined);
    // A date in a custom format cannot be read as a timestamp.
    if (text(get(source, "format")) !== undefined && typeName !== undefined) {
      notices.push(
        assumed(get(source, "format"), `the column ${name} has a custom format and is imported as a string`),
      );
      return [{ name, type: STRING }];
    }
    return [column(name, typeName, sink)];
  });
  return { columns, notices };
}

/** `$['a']` and `$.a`; undefined for deeper paths. */
function topLevel(path: string): string | undefined {
  const found = /^\$?(?:\.?([A-Za-z_]\w*)|\[['"]([^'"]+)['"]\])$/.exec(path);
  return found?.[1] ?? found?.[2];
}

function unbracketed(name: string): string {
  return topLevel(name) ?? name;
}

/** `schema` is a list for rows and a JSON schema for documents; older files have `structure`. */
function schemaOf(dataset: Node): Columns {
  const list = [...elements(get(dataset, "schema")), ...elements(get(dataset, "structure"))];
  const columns = list.flatMap((each) => {
    const name = text(get(each, "name"));
    return name === undefined ? [] : [column(name, text(get(each, "type")), each)];
  });
  if (columns.length > 0) return { columns, notices: [] };
  const inner = get(dataset, "schema", "items", "properties");
  const documents = properties(inner.value === undefined ? get(dataset, "schema", "properties") : inner);
  return {
    columns: documents.map(([name, value]) => ({ name, type: jsonType(text(get(value, "type"))) })),
    notices: [],
  };
}

/** Integers in JSON may exceed 32 bits, and numbers may have a fraction. */
function jsonType(name: string | undefined) {
  if (name === "number") return typeOf("double");
  return name === "integer" ? typeOf("long") : typeOf(name ?? "string");
}

function column(name: string, typeName: string | undefined, facts: Node): ColumnDraft {
  const number = (property: string) => {
    const { value } = get(facts, property);
    return typeof value === "number" ? { [property]: value } : {};
  };
  const type = typeName === undefined ? STRING : typeOf(typeName, { ...number("precision"), ...number("scale") });
  return { name, type };
}
