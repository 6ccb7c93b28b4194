/**
 * How the cluster reaches the lake without Unity Catalog: OAuth of a service principal in its Spark settings, with the client
 * secret as a reference to a secret scope. The settings name the account, so that the workspace's own storage is not affected.
 */
import type { Program } from "../../plan/program.ts";
import { hostsIn } from "../shared/cloud.ts";
import { clientSecretOf, lakeAccess } from "../shared/required-access.ts";
import { requiredText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";

/** The settings of a service principal that Unity Catalog's access does not use. */
export const CLIENT_SETTINGS = ["tenant_id", "client_id", "client_secret", "secret_scope"] as const;
export const REQUIRED_CLIENT_SETTINGS = ["tenant_id", "client_id", "client_secret"] as const;

/** Empty with Unity Catalog. */
export function lakeSparkConf(program: Program, environment: EnvironmentValues): Readonly<Record<string, string>> {
  const { compute, lake } = program;
  if (compute === undefined || lakeAccess(program) !== "service_principal") return {};
  const secret = clientSecretOf(program, environment);
  if (secret === undefined) throw new Error("the check requires a client secret");
  const { storage, login } = hostsIn(environment);
  const of = (name: string): string =>
    `fs.azure.account.${name}.${requiredText(lake.settings, "account", environment)}.dfs.${storage}`;
  return {
    [of("auth.type")]: "OAuth",
    [of("oauth.provider.type")]: "org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider",
    [of("oauth2.client.id")]: requiredText(compute.settings, "client_id", environment),
    [of("oauth2.client.secret")]: `{{secrets/${secret.scope}/${secret.key}}}`,
    [of("oauth2.client.endpoint")]:
      `https://${login}/${requiredText(compute.settings, "tenant_id", environment)}/oauth2/token`,
  };
}
