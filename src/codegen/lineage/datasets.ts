/**
 * Dataset names by the OpenLineage naming convention, so that they match events of other tools about the same data: the
 * namespace is the location, the name identifies the data in it.
 */
import type { BronzePlan, Program, Setting } from "../../plan/program.ts";
import { hostsIn } from "../shared/cloud.ts";
import { settingText } from "../shared/settings.ts";
import { objectPath } from "../shared/source-object.ts";
import type { EnvironmentValues } from "../target.ts";

export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
}

/** The dataset of a relation's folder in the lake. */
export function lakeDataset(program: Program, environment: EnvironmentValues, path: string): DatasetName {
  const { account, container } = program.lake.settings;
  const host = `${known(account, environment)}.dfs.${hostsIn(environment).storage}`;
  return { namespace: `abfss://${known(container, environment)}@${host}`, name: path };
}

/** The dataset that a bronze relation reads. */
export function sourceDataset(program: Program, environment: EnvironmentValues, bronze: BronzePlan): DatasetName {
  const source = program.sources.find((each) => each.name === bronze.source);
  if (source === undefined) throw new Error(`bronze.${bronze.name} reads the unknown source ${bronze.source}`);
  const setting = (name: string): string => known(source.settings[name], environment);
  switch (source.kind) {
    case "http":
      return below(setting("base_url"), objectPath(bronze.object));
    case "file":
      return lakeDataset(program, environment, joined(setting("path"), objectPath(bronze.object)));
    case "postgres":
      return {
        namespace: `postgres://${setting("host")}:${setting("port")}`,
        name: `${setting("database")}.${objectPath(bronze.object)}`,
      };
    case "mongodb":
      return { namespace: `mongodb://${setting("uri")}`, name: `${setting("database")}.${objectPath(bronze.object)}` };

    default:
      return source.kind satisfies never;
  }
}

/** The value of a setting; if it is only known at run time, its reference in braces. */
function known(setting: Setting | undefined, environment: EnvironmentValues): string {
  const text = settingText(setting, environment);
  if (text !== undefined) return text;
  return setting?.kind === "param" || setting?.kind === "secret" ? `{${setting.kind}.${setting.name}}` : "{unknown}";
}

/** Splits a file's URL, `https://host/a/` and `b.csv`: the namespace is the host. User and password are omitted. */
function below(base: string, path: string): DatasetName {
  const [, scheme, host, folder = ""] = /^([a-z]+:\/\/)(?:[^@/]*@)?([^/]+)\/?(.*)$/i.exec(base) ?? [];
  return { namespace: scheme && host ? `${scheme}${host}` : base, name: joined(folder, path) };
}

function joined(folder: string, path: string): string {
  return folder === "" || folder.endsWith("/") ? `${folder}${path}` : `${folder}/${path}`;
}
