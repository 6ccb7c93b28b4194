/** Prints the program: names the objects, declares each once, adds notices as comments. */
import type { ColumnDraft, SettingDraft, SettingValue, SourceDraft, TableDraft } from "./drafts.ts";
import { settingOf } from "./drafts.ts";
import type { Factory } from "./factory.ts";
import { get, text } from "./json.ts";
import { baseName, createNamed, type Named } from "./names.ts";
import { assumed, type Notice, ordered, withoutSecrets } from "./notices.ts";
import { columnLine, comment, isColumnName, quoted } from "./print.ts";
import type { ScheduleDraft } from "./schedule.ts";
import type { IsSafe } from "./secrets.ts";
import { vaultsOf } from "./service-secrets.ts";
import { commonFolder, type SourceTables, type Tables } from "./tables.ts";
import type { Origin } from "./value.ts";

export interface Written {
  /** Not yet formatted. */
  readonly text: string;
  readonly bronze: number;
  readonly sources: number;
  /** Notices about imported objects. */
  readonly notices: readonly Notice[];
}

interface Found extends Tables {
  readonly factory: Factory;
  readonly schedule: ScheduleDraft | undefined;
  readonly isSafe: IsSafe;
  /** For a factory without a name. */
  readonly fallbackName: string;
}

const FACTORY_NAME = /^(?=.{3,63}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/;

export function writeProgram(found: Found): Written {
  const writer = createWriter(found);
  const bodies = found.sources.map((each) => writer.source(each, isOnly(each, found.sources)));
  const project = projectText(found, writer);
  const notices = bodies.flatMap((each) => each.notices);
  return {
    text: [
      project,
      ...writer.declarations(),
      ...bodies.map((each) => each.source),
      ...bodies.flatMap((each) => each.tables),
    ].join("\n"),
    sources: bodies.length,
    bronze: bodies.reduce((sum, each) => sum + each.tables.length, 0),
    notices,
  };
}

/** Whether the linked service has the same settings in every use. */
function isOnly({ source }: SourceTables, all: readonly SourceTables[]): boolean {
  return all.filter((each) => each.source.service.name === source.service.name).length === 1;
}

function projectText({ factory, landing, schedule, isSafe, fallbackName }: Found, writer: Writer): string {
  const name = factory.objects.factory[0]?.name;
  const open = { kind: "unknown", why: "it is not defined in the factory" } as const;
  const account = writer.setting(settingOf(landing?.account ?? open), "storage_account");
  const container = writer.setting(settingOf(landing?.container ?? open), "container");
  const ingest =
    name !== undefined && FACTORY_NAME.test(name) && isSafe(name)
      ? [`ingest = datafactory { name: ${quoted(name)} }`]
      : [];
  const at = schedule && (schedule.frequency === "daily" ? `daily at ${quoted(schedule.at)}` : "hourly");
  return [
    `project ${createNamed("project").take(name !== undefined && isSafe(name) ? name : fallbackName)} {`,
    `lake = adls { account: ${account}, container: ${container} }`,
    ...ingest,
    ...(schedule && at
      ? [`schedule = ${at}${schedule.frequency === "daily" ? ` in ${quoted(schedule.timeZone)}` : ""}`]
      : []),
    "}\n",
  ].join("\n");
}

interface SourceText {
  readonly source: string;
  readonly tables: readonly string[];
  readonly notices: readonly Notice[];
}

interface Writer {
  /** @param isOnly whether the parameters of the linked service have the same values in all uses */
  source(tables: SourceTables, isOnly: boolean): SourceText;
  /** Prints the value of a setting. */
  setting(value: SettingValue, hint: string): string;
  /** The params and secrets used so far. */
  declarations(): readonly string[];
}

function createWriter({ factory, isSafe }: Found): Writer {
  const names = { sources: createNamed("source"), bronze: createNamed("table") };
  const params = createParams();
  const secrets = createSecretTexts(factory, params, isSafe);

  const setting = (value: SettingValue, hint: string, isOnly = true): string => {
    switch (value.kind) {
      case "number":
        return String(value.value);
      case "secret":
        return `secret.${secrets.take(value, hint)}`;
      case "open":
        return `param.${params.take(hint, value.origin)}`;
      case "text": {
        if (!isSafe(value.value)) return `param.${params.take(hint, undefined)}`;
        const isParam = value.origin?.kind === "global" || (value.origin !== undefined && isOnly);
        return isParam ? `param.${params.take(hint, value.origin, value.value)}` : quoted(value.value);
      }
      default:
        return value satisfies never;
    }
  };

  const source = ({ source, tables }: SourceTables, isOnly: boolean): SourceText => {
    const folder = source.kind === "file" ? commonFolder(tables.map(({ object }) => object.text)) : "";
    const base = wordFor(source, folder, isSafe);
    const name = names.sources.take(base, `${base}_${differing(source)}`);
    const settings: readonly SettingDraft[] =
      source.kind === "file" ? [{ name: "path", value: { kind: "text", value: folder || "./" } }] : source.settings;
    const unsafe = settings.filter(({ value }) => value.kind === "text" && !isSafe(value.value));
    const notices = [
      ...source.notices.map((each) => withoutSecrets(each, isSafe)),
      ...unsafe.map((each) =>
        assumed(get(source.service.node, "typeProperties"), `the ${each.name} looks like a secret and is not imported`),
      ),
    ];
    const lines = settings.map((each) => `${each.name}: ${setting(each.value, `${name}_${each.name}`, isOnly)}`);
    const written = tables.map((table) => tableText(table, name, folder, names.bronze, isSafe));
    return {
      source: [
        comments(notices),
        docOf(source, isSafe),
        `source ${name} = ${source.kind} { ${lines.join(", ")} }\n`,
      ].join(""),
      tables: written.map((each) => each.text),
      notices: [...notices, ...written.flatMap((each) => each.notices)],
    };
  };

  return { source, setting, declarations: () => [...params.declarations(), ...secrets.declarations()] };
}

/** Merges notices with the same message; only the first location is shown. */
function comments(notices: readonly Notice[]): string {
  const byMessage = Map.groupBy(ordered(notices), (each) => each.message);
  const texts = [...byMessage.values()].flatMap(([first, ...others]) =>
    first ? [textWith(first, others.length === 0 ? "" : `, and ${others.length} more`)] : [],
  );
  return texts.map((each) => comment(each)).join("");
}

/** The text of a notice, in the program and in the list. */
export function noticeText(notice: Notice): string {
  return textWith(notice, "");
}

function textWith({ kind, file, path, message }: Notice, more: string): string {
  return `${kind === "left-out" ? "Not imported" : "Review"}: ${message} (${file} ${path}${more})`;
}

/** The linked service of files describes the storage account, not the files. */
function docOf({ kind, service }: SourceDraft, isSafe: IsSafe): string {
  const doc = text(get(service.node, "description"));
  return kind !== "file" && doc !== undefined && doc.trim() !== "" && isSafe(doc) ? comment(doc, "///") : "";
}

function wordFor({ kind, service }: SourceDraft, folder: string, isSafe: IsSafe): string {
  const word = kind === "file" && folder !== "" ? (folder.split("/").at(-2) ?? "") : baseName(service.name);
  return isSafe(word) ? word : kind;
}

/** Distinguishes sources of the same linked service. */
function differing({ kind, settings }: SourceDraft): string {
  const wanted = settings.find(({ name }) => name === (kind === "http" ? "base_url" : "database"));
  return wanted?.value.kind === "text" ? wanted.value.value.replace(/^https?:\/\//, "") : kind;
}

function tableText(table: TableDraft, source: string, folder: string, names: Named, isSafe: IsSafe) {
  const { object, activity } = table;
  const word = table.landsAs ?? wordOf(object);
  const schema = object.kind === "table" ? object.text.split(".")[0] : undefined;
  const name = names.take(word, `${schema ?? source}_${word}`);
  const { columns, notices } = columnsOf(table, name);
  const path = object.text.slice(folder.length);
  const inside =
    columns.length > 0
      ? columns.map(columnLine)
      : [comment("The factory does not define the columns: add those you need."), "load full"];
  const open = columns.length > 0 ? [] : [assumed(activity, `the factory does not define the columns of ${name}`)];
  const above = [...table.notices, ...notices].map((each) => withoutSecrets(each, isSafe));
  return {
    text: `${comments(above)}bronze ${name} from ${source}.${object.kind}(${quoted(path)}) {\n${inside.join("\n")}\n}\n`,
    notices: [...above, ...open],
  };
}

function wordOf({ kind, text }: TableDraft["object"]): string {
  if (kind === "collection") return text;
  const last = text.slice(text.lastIndexOf(kind === "table" ? "." : "/") + 1);
  return kind === "table" ? last : last.replace(/\.[A-Za-z]+$/, "");
}

/** Removes duplicates (case-insensitive) and columns whose names are not allowed in a program. */
function columnsOf({ columns, activity }: TableDraft, table: string) {
  const found = new Map<string, ColumnDraft>();
  const notices: Notice[] = [];
  for (const column of columns) {
    const id = column.name.toLowerCase();
    if (!isColumnName(column.name))
      notices.push(assumed(activity, `a column of ${table} has a name that is not allowed in a program`));
    else if (found.has(id)) notices.push(assumed(activity, `${table} has the column ${column.name} twice`));
    else found.set(id, column);
  }
  return { columns: [...found.values()], notices };
}

interface Params {
  take(hint: string, origin: Origin | undefined, value?: string): string;
  declarations(): readonly string[];
}

function createParams(): Params {
  const names = createNamed("param");
  const byOrigin = new Map<string, string>();
  const lines: string[] = [];
  return {
    take(hint, origin, value) {
      const id = origin?.kind === "global" ? origin.name : hint;
      const known = byOrigin.get(id);
      if (known !== undefined) return known;
      const name = names.take(id);
      byOrigin.set(id, name);
      lines.push(
        value === undefined
          ? `/// Not defined in the factory's files.\nparam ${name}: string`
          : `param ${name}: string = ${quoted(value)}`,
      );
      return name;
    },
    declarations: () => (lines.length === 0 ? [] : [`${lines.join("\n")}\n`]),
  };
}

interface SecretTexts {
  take(secret: SettingValue & { readonly kind: "secret" }, hint: string): string;
  declarations(): readonly string[];
}

function createSecretTexts(factory: Factory, params: Params, isSafe: IsSafe): SecretTexts {
  const names = createNamed("secret");
  const byId = new Map<string, string>();
  const lines: string[] = [];
  const vaults = vaultsOf(factory);
  const [onlyVault] = vaults.length === 1 ? vaults : [];
  return {
    take(secret, hint) {
      const vault = secret.vault ?? onlyVault;
      const key = secret.key !== undefined && isSafe(secret.key) ? secret.key : hint.replaceAll("_", "-");
      const id = JSON.stringify([vault, key]);
      const known = byId.get(id);
      if (known !== undefined) return known;
      const name = names.take(key, hint);
      byId.set(id, name);
      const store =
        vault !== undefined && isSafe(vault) ? quoted(vault) : `param.${params.take("key_vault", undefined)}`;
      lines.push(`secret ${name} = keyvault(${store}, ${quoted(key)})`);
      return name;
    },
    declarations: () => (lines.length === 0 ? [] : [`${lines.join("\n")}\n`]),
  };
}
