import { expect, it } from "vitest";
import { parse } from "yaml";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import type { EmitContext } from "../../../src/codegen/target.ts";
import { contextOf, programOf } from "../support/compile.ts";

const CLIENT = "c11e0700-0000-4000-8000-000000000001";
const PRINCIPAL = `access: "service_principal", tenant_id: "shop.example", client_id: "${CLIENT}", client_secret: secret.lake`;

function shop(settings: string) {
  return programOf(`project shop {
  lake    = adls { account: param.account, container: "lake" }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net", ${settings} }
}
param account: string
secret lake = keyvault("shop-kv", "lake-client")
source files = http { base_url: "https://example.com/" }
bronze sales from files.csv("sales.csv") { id: long }
silver sales { from bronze.sales }`);
}

const environment = (name: string, account = `shop${name}`, rest = {}) => ({ name, params: { account }, ...rest });
const PROD: EmitContext = { environment: environment("prod"), environments: [environment("prod")] };

function bundleOf(settings: string, context = PROD) {
  const [file] = databricksTarget.emit(shop(settings), context);
  return parse(file?.text ?? "");
}
const clusterOf = (jobs: Record<string, { job_clusters: readonly { new_cluster: object }[] }>) =>
  Object.values(jobs)[0]?.job_clusters[0]?.new_cluster;

const conf = (account: string, host = "core.windows.net", login = "login.microsoftonline.com", scope = "shop-kv") => ({
  [`fs.azure.account.auth.type.${account}.dfs.${host}`]: "OAuth",
  [`fs.azure.account.oauth.provider.type.${account}.dfs.${host}`]:
    "org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider",
  [`fs.azure.account.oauth2.client.id.${account}.dfs.${host}`]: CLIENT,
  [`fs.azure.account.oauth2.client.secret.${account}.dfs.${host}`]: `{{secrets/${scope}/lake-client}}`,
  [`fs.azure.account.oauth2.client.endpoint.${account}.dfs.${host}`]: `https://${login}/shop.example/oauth2/token`,
});

it("leaves access to the lake to Unity Catalog by default", () => {
  for (const settings of ["", 'access: "unity_catalog"']) {
    expect(clusterOf(bundleOf(settings).resources.jobs)).not.toHaveProperty("spark_conf");
  }
});

it("signs the cluster in by a service principal, with a reference to its secret", () => {
  expect(clusterOf(bundleOf(PRINCIPAL).resources.jobs)).toMatchObject({
    spark_conf: conf("shopprod"),
    data_security_mode: "SINGLE_USER",
  });
  expect(clusterOf(bundleOf(`${PRINCIPAL}, secret_scope: "lake"`).resources.jobs)).toMatchObject({
    spark_conf: conf("shopprod", undefined, undefined, "lake"),
  });
  expect(clusterOf(bundleOf(`${PRINCIPAL}, workers: 0..0`).resources.jobs)).toMatchObject({
    num_workers: 0,
    spark_conf: { "spark.master": "local[*]", ...conf("shopprod") },
  });
});

it("names the account and the cloud of each environment", () => {
  const environments = [environment("dev"), environment("prod", "shopgov", { cloud: "usgovernment" })];
  const { targets, resources } = bundleOf(PRINCIPAL, {
    environment: environments[0] ?? environment("dev"),
    environments,
  });
  expect(resources).toBeUndefined();
  expect(clusterOf(targets.dev.resources.jobs)).toMatchObject({ spark_conf: conf("shopdev") });
  expect(clusterOf(targets.prod.resources.jobs)).toMatchObject({
    spark_conf: conf("shopgov", "core.usgovcloudapi.net", "login.microsoftonline.us"),
  });
});

it.each([
  ['access: "service_principal"', "databricks-access-missing", /needs tenant_id, client_id, client_secret$/],
  [`${PRINCIPAL}, cluster: "serverless"`, "databricks-access-serverless", /serverless/],
  [`${PRINCIPAL}, secret_scope: "a}}b"`, "databricks-secret-name", /^a}}b is not/],
  ["client_secret: secret.lake", "databricks-setting-unused", /^the setting client_secret has no effect: with Unity/],
])("databricks { %s }: %s", (settings, code, message) => {
  const found = databricksTarget.check(shop(settings), contextOf({ account: "shopprod" }));
  expect(found.map((each) => each.code)).toEqual([code]);
  expect(found[0]?.message).toMatch(message);
});

it("accepts an existing cluster, which has its own Spark settings", () => {
  const settings = `${PRINCIPAL}, cluster: "0923-164208-meows279"`;
  expect(databricksTarget.check(shop(settings), contextOf({ account: "shopprod" }))).toEqual([]);
  expect(JSON.stringify(bundleOf(settings))).not.toContain("fs.azure");
});
