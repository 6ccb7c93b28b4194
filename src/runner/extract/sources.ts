/** Resolves a source for this run: its settings with the values of params and secrets, or the folder that replaces it. */
import { join, resolve } from "node:path";
import { bronzeFile } from "../../codegen/shared/bronze-file.ts";
import type { SourceOverride } from "../../config/environment.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Program, SourceObject, SourcePlan } from "../../plan/program.ts";
import { failure } from "../errors.ts";

export type ReachedSource =
  /** Files laid out as in docs/lake.md. */
  | {
      readonly kind: "folder";
      readonly folder: string;
      /** Nothing outside this folder is read, after resolving symbolic links. */
      readonly within: string;
    }
  | { readonly kind: "http"; readonly baseUrl: string }
  | {
      readonly kind: "postgres";
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: string;
      /** As in libpq. */
      readonly sslmode: string;
    }
  | { readonly kind: "mongodb"; readonly uri: string; readonly database: string };

export interface Reach {
  readonly program: Program;
  /** Absolute; relative paths of sources start here. */
  readonly baseFolder: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  readonly overrides: Readonly<Record<string, SourceOverride>>;
  /** The value of a secret by its name in the program. Never stored or shown. */
  secret(name: string): string | undefined;
}

/** Throws a failure if a param or a secret has no value. */
export function reachSource(source: SourcePlan, reach: Reach): ReachedSource {
  const override = reach.overrides[source.name];
  if (override?.kind === "folder") return folderSource(resolve(reach.baseFolder, override.folder));
  const text = (name: string) => settingText(source, name, reach);
  switch (source.kind) {
    case "file": {
      const folder = resolve(reach.baseFolder, text("path"));
      // A program may read only below its own folder; medal.json may allow another one.
      const isAllowed = override?.kind === "settings" && override.settings.path !== undefined;
      return isAllowed ? folderSource(folder) : folderSource(folder, reach.baseFolder);
    }
    case "http":
      return { kind: "http", baseUrl: text("base_url") };
    case "postgres":
      return {
        kind: "postgres",
        host: text("host"),
        port: Number(text("port")),
        database: text("database"),
        user: text("user"),
        password: text("password"),
        sslmode: text("sslmode"),
      };
    case "mongodb":
      return { kind: "mongodb", uri: text("uri"), database: text("database") };
    default:
      return source.kind satisfies never;
  }
}

function folderSource(folder: string, within = folder): ReachedSource {
  return { kind: "folder", folder, within };
}

/** The path of an object in a folder, which may replace a database. */
export function standInPath(object: SourceObject): string {
  return object.kind === "csv" || object.kind === "json" ? object.path : bronzeFile(object);
}

export function standInFile(folder: string, object: SourceObject): string {
  return join(folder, standInPath(object));
}

/** The prefix of environment variables that hold secrets. */
export const SECRET_PREFIX = "MEDAL_SECRET_";

/** The environment variable that local runs read a secret from. */
export function secretVariable(name: string): string {
  return `${SECRET_PREFIX}${name.toUpperCase()}`;
}

function settingText(source: SourcePlan, name: string, reach: Reach): string {
  const override = reach.overrides[source.name];
  const replaced = override?.kind === "settings" ? override.settings[name] : undefined;
  if (replaced !== undefined) return String(replaced);
  const setting = source.settings[name];
  switch (setting?.kind) {
    case "text":
    case "number":
    case "bool":
      return String(setting.value);
    case "param": {
      const value = reach.params[setting.name];
      if (value !== undefined) return String(value);
      throw failure(diagnostic("source-setting-missing", source.span, { source: source.name, name: setting.name }));
    }
    case "secret": {
      const value = reach.secret(setting.name);
      if (value !== undefined && value !== "") return value;
      const variable = secretVariable(setting.name);
      throw failure(diagnostic("secret-missing", source.span, { source: source.name, name: setting.name, variable }));
    }
    default:
      throw new Error(`the source ${source.name} has no setting ${name}`);
  }
}
