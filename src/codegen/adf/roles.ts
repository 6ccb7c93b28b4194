/**
 * The role assignments that a run needs, as an ARM template: the data factory's, the Synapse workspace's and the cluster's
 * identities on the lake, the Key Vaults and the Databricks workspace. The resources may be in other resource groups, so each
 * group of assignments is a deployment of its own.
 */
import type { Program } from "../../plan/program.ts";
import { json, type OutputFile } from "../files.ts";
import { type AccessId, type RequiredRole, requiredAccess, runAccess, vaultsOf } from "../shared/required-access.ts";
import { requiredText, settingText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";

const SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01";
const ROLE_DEFINITIONS = "Microsoft.Authorization/roleDefinitions";

/** `adf/arm/roles.json` and `adf/arm/roles.parameters.<environment>.json`; none for a program whose run needs no roles. */
export function roleFiles(program: Program, environments: readonly EnvironmentValues[]): readonly OutputFile[] {
  const roles = runAccess(program).flatMap((id) => {
    const access = requiredAccess(id);
    return access.kind === "role" ? [{ id, access }] : [];
  });
  if (roles.length === 0) return [];
  const used = new Set(
    roles.flatMap(({ access }) => [...holders[access.holder].parameters, ...scopes[access.on].parameters]),
  );
  const content = {
    $schema: `${SCHEMA}/deploymentTemplate.json#`,
    contentVersion: "1.0.0.0",
    parameters: Object.fromEntries(
      Object.entries(parameters)
        .filter(([name]) => used.has(name))
        .map(([name, { declaration }]) => [name, declaration]),
    ),
    resources: roles.map(({ id, access }) => deploymentOf(id, access)),
  };
  return [
    { path: "adf/arm/roles.json", text: json(content), from: ["project"] },
    ...environments.map((environment) => parameterFile(program, environment, used)),
  ];
}

interface Parameter {
  readonly declaration: object;
  /** Undefined if the program does not know it. */
  value(program: Program, environment: EnvironmentValues): string | readonly string[] | undefined;
}

const text = (description: string, defaultValue?: string): object => ({
  type: "string",
  ...(defaultValue === undefined ? {} : { defaultValue }),
  metadata: { description },
});
const unknown = (): undefined => undefined;
const GROUP = "[resourceGroup().name]";

const parameters: Readonly<Record<string, Parameter>> = {
  factoryName: {
    declaration: text("The data factory."),
    value: ({ ingest }, environment) => ingest && requiredText(ingest.settings, "name", environment),
  },
  storageAccountName: {
    declaration: text("The storage account of the lake."),
    value: ({ lake }, environment) => requiredText(lake.settings, "account", environment),
  },
  storageResourceGroup: { declaration: text("The resource group of the storage account.", GROUP), value: unknown },
  containerName: {
    declaration: text("The container of the lake."),
    value: ({ lake }, environment) => requiredText(lake.settings, "container", environment),
  },
  keyVaultNames: {
    declaration: { type: "array", metadata: { description: "The Key Vaults with the secrets of the sources." } },
    value: (program, environment) => vaultsOf(program).flatMap((vault) => settingText(vault, environment) ?? []),
  },
  keyVaultResourceGroup: { declaration: text("The resource group of the Key Vaults.", GROUP), value: unknown },
  databricksWorkspaceId: {
    declaration: text("The resource ID of the Databricks workspace."),
    value: ({ compute }, environment) => settingText(compute?.settings.resource_id, environment),
  },
  synapseWorkspaceName: {
    declaration: text("The Synapse workspace."),
    value: ({ serve }, environment) => serve && requiredText(serve.settings, "workspace", environment),
  },
  synapseResourceGroup: { declaration: text("The resource group of the Synapse workspace.", GROUP), value: unknown },
  clusterPrincipalId: {
    declaration: text(
      "The object ID of the identity that the cluster reads and writes the lake with: of the access connector of Unity Catalog, or of the service principal. Empty for no assignment.",
      "",
    ),
    value: unknown,
  },
};

interface Holding {
  readonly parameters: readonly string[];
  /** An expression for the object ID. */
  readonly principal: string;
  /** An expression that is known before the deployment, for the name of the assignment. */
  readonly seed: string;
  /** An expression; without one the assignment is always made. */
  readonly condition?: string;
}

const FACTORY = "resourceId('Microsoft.DataFactory/factories', parameters('factoryName'))";
const SYNAPSE =
  "resourceId(parameters('synapseResourceGroup'), 'Microsoft.Synapse/workspaces', parameters('synapseWorkspaceName'))";

const none: Holding = { parameters: [], principal: "''", seed: "''" };
const holders: Readonly<Record<RequiredRole["holder"], Holding>> = {
  factory: {
    parameters: ["factoryName"],
    principal: `reference(${FACTORY}, '2018-06-01', 'Full').identity.principalId`,
    seed: FACTORY,
  },
  synapse: {
    parameters: ["synapseWorkspaceName", "synapseResourceGroup"],
    principal: `reference(${SYNAPSE}, '2021-06-01', 'Full').identity.principalId`,
    seed: SYNAPSE,
  },
  cluster: {
    parameters: ["clusterPrincipalId"],
    principal: "parameters('clusterPrincipalId')",
    seed: "parameters('clusterPrincipalId')",
    condition: "[not(empty(parameters('clusterPrincipalId')))]",
  },
  deployer: none,
  job: none,
};

interface ScopeOf {
  readonly parameters: readonly string[];
  /** Where the deployment of the assignments goes. */
  readonly deployment: object;
  /** What the inner template is given, as expressions. */
  readonly inner: Readonly<Record<string, string>>;
  /** The scope of an assignment, relative to its resource group, as an expression of the inner template. */
  readonly scope: string;
  /** One assignment for each of an inner parameter's values. */
  readonly each?: string;
}

const nowhere: ScopeOf = { parameters: [], deployment: {}, inner: {}, scope: "''" };
const scopes: Readonly<Record<RequiredRole["on"], ScopeOf>> = {
  container: {
    parameters: ["storageAccountName", "storageResourceGroup", "containerName"],
    deployment: { resourceGroup: "[parameters('storageResourceGroup')]" },
    inner: { account: "parameters('storageAccountName')", container: "parameters('containerName')" },
    scope:
      "format('Microsoft.Storage/storageAccounts/{0}/blobServices/default/containers/{1}', parameters('account'), parameters('container'))",
  },
  vault: {
    parameters: ["keyVaultNames", "keyVaultResourceGroup"],
    deployment: { resourceGroup: "[parameters('keyVaultResourceGroup')]" },
    inner: { vaults: "parameters('keyVaultNames')" },
    scope: "format('Microsoft.KeyVault/vaults/{0}', parameters('vaults')[copyIndex()])",
    each: "vaults",
  },
  databricks: {
    parameters: ["databricksWorkspaceId"],
    deployment: {
      subscriptionId: "[split(parameters('databricksWorkspaceId'), '/')[2]]",
      resourceGroup: "[split(parameters('databricksWorkspaceId'), '/')[4]]",
    },
    inner: { workspace: "last(split(parameters('databricksWorkspaceId'), '/'))" },
    scope: "format('Microsoft.Databricks/workspaces/{0}', parameters('workspace'))",
  },
  state: nowhere,
  factory: nowhere,
  database: nowhere,
  account: nowhere,
  location: nowhere,
  catalog: nowhere,
  secret: nowhere,
};

function deploymentOf(id: AccessId, { holder, on, definition, role, purpose }: RequiredRole): object {
  const { principal, seed, condition } = holders[holder];
  const { deployment, inner, scope, each } = scopes[on];
  const given = { ...inner, principalId: principal, seed };
  return {
    type: "Microsoft.Resources/deployments",
    apiVersion: "2022-09-01",
    name: `medalc-${id}`,
    ...(condition === undefined ? {} : { condition }),
    ...deployment,
    properties: {
      mode: "Incremental",
      expressionEvaluationOptions: { scope: "inner" },
      parameters: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value: `[${value}]` }])),
      template: {
        $schema: `${SCHEMA}/deploymentTemplate.json#`,
        contentVersion: "1.0.0.0",
        parameters: Object.fromEntries(
          Object.keys(given).map((name) => [name, { type: name === each ? "array" : "string" }]),
        ),
        resources: [
          {
            type: "Microsoft.Authorization/roleAssignments",
            apiVersion: "2022-04-01",
            ...(each === undefined ? {} : { copy: { name: each, count: `[length(parameters('${each}'))]` } }),
            // The same for the same identity, so that another deployment finds it.
            name: `[guid(resourceGroup().id, ${scope}, parameters('seed'), '${definition}')]`,
            scope: `[${scope}]`,
            properties: {
              roleDefinitionId: `[subscriptionResourceId('${ROLE_DEFINITIONS}', '${definition}')]`,
              principalId: "[parameters('principalId')]",
              // Entra ID may not know a new identity everywhere yet; with its type it is not looked up.
              principalType: "ServicePrincipal",
              description: `${role}: to ${purpose}`,
            },
          },
        ],
      },
    },
  };
}

function parameterFile(program: Program, environment: EnvironmentValues, used: ReadonlySet<string>): OutputFile {
  const values = Object.entries(parameters).flatMap(([name, { value }]) => {
    const known = used.has(name) ? value(program, environment) : undefined;
    return known === undefined ? [] : [[name, { value: known }]];
  });
  const content = {
    $schema: `${SCHEMA}/deploymentParameters.json#`,
    contentVersion: "1.0.0.0",
    parameters: Object.fromEntries(values),
  };
  return { path: `adf/arm/roles.parameters.${environment.name}.json`, text: json(content), from: ["project"] };
}
