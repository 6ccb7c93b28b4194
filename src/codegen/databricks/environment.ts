/** The settings of the lake and the cluster in an environment. */
import type { Program, ServicePlan } from "../../plan/program.ts";
import { hostsIn } from "../shared/cloud.ts";
import { requiredText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";

export function lakeRoot(program: Program, environment: EnvironmentValues): string {
  const { settings } = program.lake;
  const account = requiredText(settings, "account", environment);
  return `abfss://${requiredText(settings, "container", environment)}@${account}.dfs.${hostsIn(environment).storage}`;
}

/** With the scheme, which is optional in programs. */
export function workspaceUrl(compute: ServicePlan, environment: EnvironmentValues): string {
  return `https://${requiredText(compute.settings, "workspace", environment).replace(/^https:\/\/|\/$/g, "")}`;
}

export interface Workers {
  readonly from: number;
  readonly to: number;
}

/** The minimum and maximum number of workers, from `1..4` or `2`; undefined if the text is not valid. */
export function workersOf(compute: ServicePlan, environment: EnvironmentValues): Workers | undefined {
  const [, from, to = from] =
    /^(\d{1,6})(?:\.\.(\d{1,6}))?$/.exec(requiredText(compute.settings, "workers", environment)) ?? [];
  if (from === undefined || Number(from) > Number(to)) return undefined;
  return { from: Number(from), to: Number(to) };
}
