/** What a run of a program reaches in an environment, for checking what its identities may do there. */
import { hostsIn } from "../codegen/shared/cloud.ts";
import {
  type AccessId,
  type ClientSecret,
  clientSecretOf,
  lakeAccess,
  runAccess,
  vaultsOf,
} from "../codegen/shared/required-access.ts";
import { settingText } from "../codegen/shared/settings.ts";
import type { Environment } from "../config/environment.ts";
import type { Program } from "../plan/program.ts";

export interface RunPlace {
  /** The URL of the management API. */
  readonly endpoint: string;
  readonly subscription: string;
  readonly needs: readonly AccessId[];
  readonly account: string;
  readonly container: string;
  /** `abfss://lake@shop.dfs.core.windows.net` */
  readonly lake: string;
  readonly vaults: readonly string[];
  /** The resource ID of the Databricks workspace. */
  readonly workspace?: string;
  /** The name of the Synapse workspace. */
  readonly synapse?: string;
  /** The catalog in which tables are registered. */
  readonly catalog?: string;
  /** The identity of the job; by default the one that deploys it. */
  readonly runAs?: string;
  /** The service principal of the cluster's Spark settings. */
  readonly client?: Omit<ClientSecret, "vault"> & {
    readonly id: string;
    /** The URL of the Key Vault that has the secret. */
    readonly vault: string;
  };
}

/** Undefined if medal.json does not name the subscription. */
export function runPlaceOf(program: Program, environment: Environment, endpoint: string): RunPlace | undefined {
  const { subscription, cloud = "public" } = environment.azure;
  const text = (setting: Parameters<typeof settingText>[0]): string | undefined => settingText(setting, environment);
  const account = text(program.lake.settings.account);
  const container = text(program.lake.settings.container);
  if (subscription === undefined || account === undefined || container === undefined) return undefined;
  const { compute, serve } = program;
  const workspace = text(compute?.settings.resource_id);
  const synapse = text(serve?.settings.workspace);
  const runAs = text(compute?.settings.run_as);
  const catalog = text(compute?.settings.catalog);
  const client = clientOf(program, environment);
  return {
    ...{ endpoint, subscription, needs: runAccess(program), account, container },
    lake: `abfss://${container}@${account}.dfs.${hostsIn({ cloud }).storage}`,
    vaults: vaultsOf(program).flatMap((vault) => text(vault) ?? []),
    ...(workspace === undefined ? {} : { workspace }),
    ...(synapse === undefined ? {} : { synapse }),
    ...(runAs === undefined ? {} : { runAs }),
    ...(catalog === undefined ? {} : { catalog }),
    ...(client === undefined ? {} : { client }),
  };
}

function clientOf(program: Program, environment: Environment): RunPlace["client"] {
  const secret = lakeAccess(program) === "service_principal" ? clientSecretOf(program, environment) : undefined;
  const id = settingText(program.compute?.settings.client_id, environment);
  if (secret === undefined || id === undefined) return undefined;
  const { cloud = "public" } = environment.azure;
  return { ...secret, id, vault: `https://${secret.vault}.${hostsIn({ cloud }).vault}/` };
}
