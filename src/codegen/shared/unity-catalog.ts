/**
 * What is registered in Unity Catalog, for the notebooks that register tables, for the bundle with the schemas, and for
 * deployments. Nothing of it exists for a program without the setting `catalog`.
 */
import { type Column, type Program, qualifiedName, type TablePlan } from "../../plan/program.ts";
import type { EnvironmentValues } from "../target.ts";
import { settingText } from "./settings.ts";

export const LAYERS = ["silver", "gold"] as const;
export type Layer = (typeof LAYERS)[number];

/** Where an environment's tables are registered. */
export interface CatalogPlace {
  readonly catalog: string;
  /** Start of the schemas' names: `shop_`, or nothing. */
  readonly prefix: string;
  /** Who sees personal data, separated by commas. */
  readonly piiReaders: string;
}

export function hasCatalog({ compute }: Program): boolean {
  return compute?.settings.catalog !== undefined;
}

/** Undefined without the setting. */
export function catalogPlace({ compute }: Program, environment: EnvironmentValues): CatalogPlace | undefined {
  const catalog = settingText(compute?.settings.catalog, environment);
  const schema = settingText(compute?.settings.schema, environment);
  if (catalog === undefined) return undefined;
  const piiReaders = settingText(compute?.settings.pii_readers, environment) ?? "";
  return { catalog, prefix: schema === undefined ? "" : `${schema}_`, piiReaders };
}

/** `main.shop_gold` */
export function schemaOf({ catalog, prefix }: CatalogPlace, layer: TablePlan["layer"]): string {
  return `${catalog}.${prefix}${layer}`;
}

/** `main.gold.orders`; Unity Catalog stores names in lower case. */
export function registeredName(place: CatalogPlace, table: TablePlan): string {
  return `${schemaOf(place, table.layer)}.${table.name.toLowerCase()}`;
}

/** What Unity Catalog says of a table. */
export interface TableEntry {
  readonly comment?: string;
  /** The columns of the primary key; without one if they may be null, which Unity Catalog does not allow. */
  readonly key?: readonly string[];
  /** Of the columns about which there is something to say. */
  readonly columns: readonly ColumnEntry[];
}

export interface ColumnEntry {
  readonly name: string;
  readonly comment?: string;
  /** Values by name: `pii` is `true`, `unit` is `BRL`. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether it is personal data, whose values only some readers see. */
  readonly isMasked: boolean;
}

export function tableEntry(table: TablePlan): TableEntry {
  const [key] = table.keys;
  const required = new Set(table.columns.filter(({ nullable }) => !nullable).map(({ name }) => name));
  const hasKey = key !== undefined && key.length > 0 && key.every((name) => required.has(name));
  return {
    ...(table.doc === undefined ? {} : { comment: table.doc }),
    ...(hasKey ? { key } : {}),
    columns: table.columns.map(columnEntry).filter(({ comment, tags }) => comment !== undefined || hasTags(tags)),
  };
}

function hasTags(tags: ColumnEntry["tags"]): boolean {
  return Object.keys(tags).length > 0;
}

function columnEntry({ name, doc, tags }: Column): ColumnEntry {
  const values = Object.fromEntries(tags.map(tagValue));
  return { name, ...(doc === undefined ? {} : { comment: doc }), tags: values, isMasked: "pii" in values };
}

/** A tag as it is in the plan, `unit("BRL")`, as name and value. A tag without an argument is true. */
export function tagValue(tag: string): readonly [name: string, value: string] {
  const [, name = tag, argument] = /^(\w+)\((.*)\)$/s.exec(tag) ?? [];
  if (argument === undefined) return [name, "true"];
  // Several arguments stay as they are written.
  return [name, /^"(?:[^"\\]|\\.)*"$/s.test(argument) ? String(JSON.parse(argument)) : argument];
}

/** The columns with personal data of registered tables. */
export function maskedColumns({ tables }: Program): readonly Column[] {
  return tables.flatMap(({ columns }) => columns.filter(({ tags }) => tags.some((tag) => tagValue(tag)[0] === "pii")));
}

/** The function that masks columns of a type, which Spark writes `decimal(10,2)`: in the schema of the table. */
export function maskName(sparkType: string): string {
  return `medalc_mask_${sparkType.replace(/\W+/g, "_").replace(/_$/, "")}`;
}

/** Names that Unity Catalog does not store, also not in backticks. */
const NOT_IN_NAMES = /[. /\p{Cc}]/u;

export function isCatalogName(name: string): boolean {
  return !NOT_IN_NAMES.test(name) && name.length <= 255;
}

const LONGEST_TAG = 256;

export function isTagValue(value: string): boolean {
  return value.length <= LONGEST_TAG && value.trim() === value;
}

/** A name for messages: `gold.orders.price`. */
export function columnPath(table: TablePlan, column: Column): string {
  return `${qualifiedName(table)}.${column.name}`;
}
