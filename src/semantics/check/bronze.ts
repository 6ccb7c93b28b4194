/** Bronze tables: the object that is read from a source, and its expected schema. */

import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { closest } from "../../diagnostics/suggest.ts";
import type {
  BronzeDeclaration,
  ColumnDefinition,
  KeyClause,
  LoadClause,
  RejectClause,
  Tag,
} from "../../parser/ast.ts";
import type { Span } from "../../source.ts";
import type { Grain, Home } from "../grain.ts";
import type { CheckedBronze, RelationColumn, Signature, SourceObject } from "../model.ts";
import { isPattern, patternProblem } from "../path-pattern.ts";
import { knownTags, sourceKinds } from "../settings.ts";
import type { BronzeColumn, Column } from "../typed.ts";
import type { CheckContext } from "./context.ts";
import { checkLimit } from "./limit.ts";
import { checkFieldOfLoad, checkLoad } from "./load.ts";
import { resolveType } from "./type-reference.ts";
import { suggested } from "./values.ts";

export function checkBronze(declaration: BronzeDeclaration, context: CheckContext): CheckedBronze {
  const relation = `bronze.${declaration.name.text}`;
  const object = checkObject(declaration, context);
  const columns = new Map<string, BronzeColumn>();
  let key: KeyClause | undefined;
  let load: LoadClause | undefined;
  let reject: RejectClause | undefined;
  for (const member of declaration.members) {
    switch (member.kind) {
      case "column": {
        const id = member.name.text.toLowerCase();
        const before = columns.get(id);
        if (before) {
          context.report(
            diagnostic(
              "duplicate-column",
              member.name.span,
              { relation, name: member.name.text },
              {
                related: [{ span: before.span, message: "the first one is here" }],
                hint: "Column names are case-insensitive.",
              },
            ),
          );
        } else if (id !== "") columns.set(id, checkColumn(member, object, context));
        break;
      }
      case "key":
        if (key) context.report(diagnostic("duplicate-clause", member.span, { owner: relation, clause: "key" }));
        key ??= member;
        break;
      case "load":
        if (load) context.report(diagnostic("duplicate-clause", member.span, { owner: relation, clause: "load" }));
        load ??= member;
        break;
      case "reject":
        if (reject) context.report(diagnostic("duplicate-clause", member.span, { owner: relation, clause: "reject" }));
        reject ??= member;
        break;
    }
  }
  const list = [...columns.values()];
  if (list.length === 0 && declaration.name.text !== "" && declaration.members.length === 0 && !declaration.broken) {
    context.report(diagnostic("empty-bronze", declaration.name.span, { table: relation }));
  }
  checkColumnCount(relation, list.length, declaration.name.span, context);
  const keyColumns = key && checkKey(key, list, relation, context);
  const signature = bronzeSignature(declaration, relation, list, keyColumns);
  return {
    declaration,
    object,
    load: checkLoad(load, { relation, columns: list, key: keyColumns, object, signature }, context),
    columns: list,
    key: key && keyColumns && { columns: keyColumns, span: key.span },
    reject: checkLimit(reject?.limit, context),
    signature,
  };
}

/** With more columns, DuckDB and Spark need minutes to plan a query, and too much memory. */
const MOST_COLUMNS = 2000;

export function checkColumnCount(relation: string, count: number, span: Span, context: CheckContext): void {
  if (count <= MOST_COLUMNS) return;
  context.report(diagnostic("too-many-columns", span, { relation, count, most: MOST_COLUMNS }));
}

function checkColumn(member: ColumnDefinition, object: SourceObject | undefined, context: CheckContext): BronzeColumn {
  const type = resolveType(member.type, context);
  if (type.kind === "binary") {
    const detail = "a text file has no binary columns; declare it as string";
    context.report(diagnostic("invalid-type", member.type.span, { detail }));
  }
  const { doc, span } = member;
  const name = member.name.text;
  const { nullable } = member.type;
  const tags = member.tags.length === 0 ? NO_TAGS : member.tags.flatMap((each) => checkTag(each, context)).sort();
  const column: Column =
    doc === undefined ? { name, type, nullable, tags, span } : { name, type, nullable, doc, tags, span };
  const field = member.fromLoad;
  if (field === undefined) return column;
  const loaded: BronzeColumn = { ...column, fromLoad: field.text };
  checkFieldOfLoad(field, loaded, object, member.type.span, context);
  return loaded;
}

const NO_TAGS: readonly string[] = [];

function checkTag(tag: Tag, context: CheckContext): readonly string[] {
  const name = tag.name.text;
  if (name === "") return [];
  if (!(name in knownTags)) {
    const known = Object.keys(knownTags);
    context.report(
      diagnostic(
        "unknown-tag",
        tag.span,
        { name, known: known.map((each) => `@${each}`).join(", ") },
        suggested(closest(name, known)),
      ),
    );
    return [];
  }
  if (tag.args.length === 0) return [name];
  return [
    `${name}(${tag.args.map((each) => (each.kind === "string" ? JSON.stringify(each.value) : each.text)).join(", ")})`,
  ];
}

function checkKey(
  key: KeyClause,
  columns: readonly Column[],
  relation: string,
  context: CheckContext,
): readonly string[] | undefined {
  const found: string[] = [];
  for (const name of key.columns) {
    const column = columns.find((each) => each.name === name.text);
    if (!column) {
      if (name.text !== "") {
        const suggestion = closest(
          name.text,
          columns.map((each) => each.name),
        );
        context.report(diagnostic("unknown-column", name.span, { relation, name: name.text }, suggested(suggestion)));
      }
      return undefined;
    }
    if (column.nullable)
      context.report(diagnostic("nullable-value", name.span, { name: `the key column ${name.text}` }));
    found.push(column.name);
  }
  return found;
}

const TAKES: Readonly<Record<SourceObject["kind"], string>> = {
  csv: 'the path of a file: csv("orders.csv")',
  json: 'the path of a file of JSON lines: json("states.jsonl")',
  table: 'a table: table("public.payments"), with a name that holds a dot in double quotes',
  collection: 'a collection: collection("names")',
};

function checkObject(declaration: BronzeDeclaration, context: CheckContext): SourceObject | undefined {
  const { source, object, args } = declaration;
  if (source.text === "" || object.text === "") return undefined;
  const declared = context.bindings.sources.get(source.text);
  if (!declared) {
    const suggestion = closest(source.text, context.bindings.sources.keys());
    context.report(diagnostic("unknown-source", source.span, { name: source.text }, suggested(suggestion)));
    return undefined;
  }
  const kind = declared.connector.name.text;
  const spec = Object.entries(sourceKinds).find(([name]) => name === kind)?.[1];
  if (!spec) return undefined;
  const { objects } = spec;
  if (!objects.includes(object.text)) {
    context.report(
      diagnostic(
        "unknown-object",
        object.span,
        { kind, object: object.text, known: objects.join(", ") },
        suggested(closest(object.text, objects)),
      ),
    );
    return undefined;
  }
  const [path, ...more] = args.map((each) => each.value);
  if (path !== undefined && object.text !== "table" && object.text !== "collection" && isPattern(path)) {
    const problem = spec.isListed ? patternProblem(path) : `${kind} sources cannot list their files`;
    if (problem !== undefined) {
      const hint = spec.isListed ? {} : { hint: "Declare a table for each file, or use a `file` source." };
      context.report(diagnostic("invalid-pattern", args[0]?.span ?? object.span, { pattern: path, problem }, hint));
      return undefined;
    }
  }
  const made = path !== undefined && more.length === 0 ? sourceObject(object.text, path) : undefined;
  if (!made) {
    const expected = Object.entries(TAKES).find(([name]) => name === object.text)?.[1] ?? "";
    context.report(diagnostic("invalid-object", object.span, { object: object.text, expected }));
  }
  return made;
}

/** A PostgreSQL name: plain, or in double quotes if it contains a dot. */
const SQL_NAME = /("(?:[^"]|"")+"|[^".][^.]*)/.source;
const TABLE = new RegExp(`^(?:${SQL_NAME}\\.)?${SQL_NAME}$`);

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function sourceObject(kind: string, argument: string): SourceObject | undefined {
  switch (kind) {
    case "csv":
    case "json": {
      return isFilePath(argument) ? { kind, path: argument } : undefined;
    }
    case "table": {
      const [whole, schema = "public", table = ""] = TABLE.exec(argument) ?? [];
      return whole === undefined ? undefined : { kind, schema: unquoted(schema), table: unquoted(table) };
    }
    case "collection":
      return argument === "" ? undefined : { kind, collection: argument };
    default:
      return undefined;
  }
}

/** Storage accepts paths of up to 1,024 characters, and file systems names of up to 255 bytes. */
const LONGEST_PATH = 1024;
const LONGEST_FILE = 200;

/** A file, or the pattern of files, below the source's folder or URL: not an absolute path. */
function isFilePath(path: string): boolean {
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  return (
    name !== "" &&
    parts[0] !== "" &&
    !parts.some((part) => part === "..") &&
    !path.includes("\0") &&
    path.length <= LONGEST_PATH &&
    new TextEncoder().encode(name).length <= LONGEST_FILE
  );
}

function bronzeSignature(
  declaration: BronzeDeclaration,
  relation: string,
  columns: readonly Column[],
  key: readonly string[] | undefined,
): Signature {
  const all = columns.map((_, at) => at);
  const row = columns.length;
  const keyed = key && columns.flatMap((each, at) => (key.includes(each.name) ? [at] : []));
  const home: Home = keyed
    ? { attributes: keyed, label: key.join(", "), relation }
    : { attributes: [row], label: `row of ${relation}`, relation };
  const grain: Grain = {
    keys: [home.attributes],
    dependencies: [{ from: home.attributes, to: all }],
    records: keyed ? [] : [{ row, columns: all }],
    multipliers: [],
  };
  const homes = [home];
  const shown = columns.map(
    ({ name, type, nullable, doc, tags, span }, attribute): RelationColumn => ({
      name,
      type,
      nullable,
      doc,
      tags,
      span,
      attribute,
      homes,
    }),
  );
  return {
    relation,
    span: declaration.name.span,
    columns: shown,
    grain,
    attributeCount: columns.length + 1,
    // The columns that could not be parsed are unknown.
    open: declaration.broken === true,
    handsOn: undefined,
  };
}
