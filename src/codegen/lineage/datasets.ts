/**
 * The names of data sets as OpenLineage wants them, so that events of other tools about the same data meet ours:
 * the namespace is the place that holds it, the name is what it is called there.
 */
import type { BronzePlan, Program, Setting } from "../../plan/program.ts";
import { hostsIn } from "../shared/cloud.ts";
import { settingText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";
import { objectPath } from "./graph.ts";

export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
}

/** A relation's folder in the lake. */
export function lakeDataset(program: Program, environment: EnvironmentValues, path: string): DatasetName {
  const { account, container } = program.lake.settings;
  const host = `${known(account, environment)}.dfs.${hostsIn(environment).storage}`;
  return { namespace: `abfss://${known(container, environment)}@${host}`, name: path };
}

/** What a bronze relation is read from. */
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

/** A value that only a run knows stands as its reference in braces. */
function known(setting: Setting | undefined, environment: EnvironmentValues): string {
  const text = settingText(setting, environment);
  if (text !== undefined) return text;
  return setting?.kind === "param" || setting?.kind === "secret" ? `{${setting.kind}.${setting.name}}` : "{unknown}";
}

/** `https://host/a/` and `b.csv`: the host is the place. A user and a password before it are left out. */
function below(base: string, path: string): DatasetName {
  const [, scheme, host, folder = ""] = /^([a-z]+:\/\/)(?:[^@/]*@)?([^/]+)\/?(.*)$/i.exec(base) ?? [];
  return { namespace: scheme && host ? `${scheme}${host}` : base, name: joined(folder, path) };
}

function joined(folder: string, path: string): string {
  return folder === "" || folder.endsWith("/") ? `${folder}${path}` : `${folder}/${path}`;
}
