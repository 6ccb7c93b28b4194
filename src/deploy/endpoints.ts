/** The locations of an environment's services: names from the program, and `azure` in medal.json. */
import { type CloudName, hostsIn } from "../codegen/shared/cloud.ts";
import { settingText } from "../codegen/shared/settings.ts";
import type { Environment } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";
import { principalsIn } from "../semantics/setting-rules.ts";
import type { Span } from "../source.ts";
import type { DesiredObject, Kind } from "./object.ts";
import { type RunPlace, runPlaceOf } from "./run-place.ts";

/** Services that the program does not use are undefined. */
export interface Place {
  readonly cloud: CloudName;
  /** `url`: the URL of the account, `https://olist.blob.core.windows.net`. */
  readonly storage: {
    readonly url: string;
    readonly container: string;
    /** The container of the deployment records. */
    readonly state: string;
  };
  readonly adf?: {
    /** The URL of the management API. */
    readonly endpoint: string;
    /** A GUID. */
    readonly subscription: string;
    readonly resourceGroup: string;
    readonly factory: string;
  };
  /** `folder`: the folder of the project and the environment, `/medalc/olist/prod`. */
  readonly databricks?: {
    readonly endpoint: string;
    readonly folder: string;
    /** The catalog in which tables are registered. */
    readonly catalog?: string;
    /** Who reads the gold tables in it. */
    readonly readers?: readonly string[];
  };
  readonly synapse?: {
    readonly server: string;
    readonly port?: number;
    readonly database: string;
    /** The schema of the views. */
    readonly schema?: string;
  };
  /** What a run reaches. */
  readonly run?: RunPlace;
}

/**
 * The locations of the services of a program in an environment.
 * @param objects the desired objects
 * @param at the location of the environment in medal.json
 */
export function placeOf(
  program: Program,
  environment: Environment,
  objects: readonly DesiredObject[],
  at: Span,
): { readonly place: Place | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { subscription, resource_group: resourceGroup, cloud = "public", endpoints = {} } = environment.azure;
  const hosts = hostsIn({ cloud });
  const nameOf = (kind: Kind): string | undefined => objects.find((each) => each.kind === kind)?.name;
  const [container, factory, database] = [nameOf("container"), nameOf("factory"), nameOf("database")];
  const schema = nameOf("schema");
  // The project folder; the other folders are in it.
  const folder = nameOf("folder");
  const account = settingText(program.lake.settings.account, environment);
  const workspace = endpoints.databricks ?? settingText(program.compute?.settings.workspace, environment);
  const catalog = settingText(program.compute?.settings.catalog, environment);
  const readers = settingText(program.compute?.settings.readers, environment);
  const state = settingText(program.lake.settings.state, environment);
  const serving = settingText(program.serve?.settings.workspace, environment);
  if (container === undefined || account === undefined || state === undefined) throw new Error("a program has a lake");
  const missing = [
    ...(isGiven(subscription) ? [] : ["azure.subscription"]),
    ...(isGiven(resourceGroup) ? [] : ["azure.resource_group"]),
  ];
  if (factory !== undefined && missing.length > 0) {
    const params = { environment: environment.name, missing: missing.join(" and ") };
    return { place: undefined, diagnostics: [diagnostic("config-missing-azure", at, params)] };
  }
  const management = endpoints.management ?? `https://${hosts.management}`;
  const run = isGiven(subscription) ? runPlaceOf(program, environment, management) : undefined;
  const place: Place = {
    cloud,
    storage: { url: endpoints.storage ?? `https://${account}.blob.${hosts.storage}`, container, state },
    ...(factory === undefined || subscription === undefined || resourceGroup === undefined
      ? {}
      : {
          adf: {
            endpoint: management,
            subscription,
            resourceGroup,
            factory,
          },
        }),
    ...(folder === undefined || workspace === undefined
      ? {}
      : {
          databricks: {
            endpoint: workspace,
            folder,
            ...(catalog === undefined ? {} : { catalog, readers: readers === undefined ? [] : principalsIn(readers) }),
          },
        }),
    ...(database === undefined
      ? {}
      : {
          synapse: {
            ...serverAt(endpoints.synapse ?? `${serving}-ondemand.${hosts.synapse}`),
            database,
            ...(schema === undefined ? {} : { schema }),
          },
        }),
    ...(run === undefined ? {} : { run }),
  };
  return { place, diagnostics: [] };
}

/** Placeholders such as `<subscription id>`, written by `medalc init`. */
function isGiven(value: string | undefined): boolean {
  return value !== undefined && !/^<.*>$/.test(value);
}

function serverAt(address: string): { readonly server: string; readonly port?: number } {
  const [, server = address, port] = /^(.+):(\d+)$/.exec(address) ?? [];
  return port === undefined ? { server } : { server, port: Number(port) };
}
