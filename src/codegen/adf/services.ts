/** Linked services and datasets, and their names for the pipelines. */
import type { Program, SecretPlan, ServicePlan, Setting, SourcePlan } from "../../plan/program.ts";
import type { CloudHosts } from "../shared/cloud.ts";
import { createNames, type Names } from "../shared/names.ts";
import type { LinkedServiceParts, SecretReferences } from "./connectors/connector.ts";
import { connectors } from "./connectors/index.ts";
import { type Build, type Resource, reference } from "./model.ts";
import { required } from "./settings.ts";
import { expression, type JsonObject, type Reading, read, text } from "./value.ts";

export interface Services {
  /** Key Vaults first, because the others reference them. */
  readonly linkedServices: readonly Resource[];
  readonly datasets: readonly Resource[];
  /** Names of linked services. */
  readonly databricks: string | undefined;
  readonly synapse: string | undefined;
  /** Names of datasets. */
  readonly lakeFiles: string;
  readonly lakeLines: string;
  readonly lakeFolders: string;
  /** The dataset to read a source by. */
  readonly datasetOf: ReadonlyMap<SourcePlan, string>;
}

export function buildServices(program: Program, hosts: CloudHosts, build: Build): Services {
  const { compute, serve } = program;
  const names = createNames();
  const datasetNames = createNames();
  const vaults = createVaults(program, hosts, build, names);
  const lake = lakeServices(program, hosts, build, names, datasetNames);
  const databricks =
    compute &&
    build.linkedService(
      names.take("ls", "databricks"),
      { description: "The workspace whose job builds the tables.", from: ["project"], span: compute.span },
      databricksParts(compute),
    );
  const synapse =
    serve &&
    build.linkedService(
      names.take("ls", "synapse"),
      {
        description: "The serverless SQL endpoint, by the factory's managed identity.",
        from: ["project"],
        span: serve.span,
      },
      synapseParts(serve, hosts),
    );
  const sources = program.sources.map((source) => sourceServices(source, vaults.reference, build, names, datasetNames));
  return {
    linkedServices: [
      ...vaults.linkedServices(),
      lake.linkedService,
      ...sources.flatMap((each) => each?.linkedService ?? []),
      ...[databricks, synapse].filter((each) => each !== undefined),
    ],
    datasets: [...sources.flatMap((each) => each?.dataset ?? []), lake.files, lake.lines, lake.folders],
    databricks: databricks?.name,
    synapse: synapse?.name,
    lakeFiles: lake.files.name,
    lakeLines: lake.lines.name,
    lakeFolders: lake.folders.name,
    datasetOf: new Map(program.sources.map((source, at) => [source, sources[at]?.dataset.name ?? lake.files.name])),
  };
}

interface SourceServices {
  readonly linkedService: Resource;
  readonly dataset: Resource;
}

/** Undefined for a source in the lake. */
function sourceServices(
  source: SourcePlan,
  secrets: SecretReferences,
  build: Build,
  names: Names,
  datasetNames: Names,
): SourceServices | undefined {
  const { linkedService, dataset } = connectors[source.kind];
  if (!linkedService || !dataset) return undefined;
  const origin = { from: [`source.${source.name}`], span: source.span };
  const service = build.linkedService(
    names.take("ls", source.name),
    { ...origin, description: source.doc },
    { ...linkedService(source, secrets), integrationRuntime: source.settings.integration_runtime },
  );
  const { word, description, ...parts } = dataset;
  return {
    linkedService: service,
    dataset: build.dataset(
      datasetNames.take("ds", source.name, word),
      { ...origin, description },
      { ...parts, linkedService: service.name, folder: source.name },
    ),
  };
}

interface LakeServices {
  readonly linkedService: Resource;
  readonly files: Resource;
  readonly lines: Resource;
  readonly folders: Resource;
}

function lakeServices(
  { lake }: Program,
  hosts: CloudHosts,
  build: Build,
  names: Names,
  datasetNames: Names,
): LakeServices {
  const origin = { from: ["project"], span: lake.span };
  const linkedService = build.linkedService(
    names.take("ls", "lake"),
    { ...origin, description: "The lake, by the factory's managed identity." },
    { type: "AzureBlobFS", typeProperties: { url: text`https://${required(lake, "account")}.dfs.${hosts.storage}` } },
  );
  const folder: JsonObject = {
    type: "AzureBlobFSLocation",
    fileSystem: text`${required(lake, "container")}`,
    folderPath: expression("@dataset().folder"),
  };
  const location: JsonObject = { ...folder, fileName: expression("@dataset().file") };
  const common = { linkedService: linkedService.name, parameters: ["folder", "file"], folder: "lake" };
  return {
    linkedService,
    files: build.dataset(
      datasetNames.take("ds", "lake", "files"),
      { ...origin, description: "A file of the lake, byte for byte." },
      { ...common, type: "Binary", typeProperties: { location } },
    ),
    lines: build.dataset(
      datasetNames.take("ds", "lake", "lines"),
      { ...origin, description: "A file of JSON lines in the lake." },
      { ...common, type: "Json", typeProperties: { location, encodingName: "UTF-8 without BOM" } },
    ),
    folders: build.dataset(
      datasetNames.take("ds", "lake", "folders"),
      { ...origin, description: "Files below a folder of the lake, byte for byte." },
      { ...common, parameters: ["folder"], type: "Binary", typeProperties: { location: folder } },
    ),
  };
}

function databricksParts(compute: ServicePlan): LinkedServiceParts {
  return {
    type: "AzureDatabricks",
    typeProperties: {
      domain: text`https://${read(required(compute, "workspace"), host)}`,
      authentication: "MSI",
      workspaceResourceId: text`${required(compute, "resource_id")}`,
    },
  };
}

const host: Reading = { name: "host", of: (address) => address.replace(/^https:\/\//, "").replace(/\/+$/, "") };
function synapseParts(serve: ServicePlan, hosts: CloudHosts): LinkedServiceParts {
  return {
    type: "AzureSqlDW",
    typeProperties: {
      server: text`${required(serve, "workspace")}-ondemand.${hosts.synapse}`,
      database: text`${required(serve, "database")}`,
      encrypt: "mandatory",
      trustServerCertificate: false,
      authenticationType: "SystemAssignedManagedIdentity",
    },
  };
}

interface Vaults {
  readonly reference: SecretReferences;
  /** The referenced Key Vaults. */
  linkedServices(): readonly Resource[];
}

/** One linked service per Key Vault, in the order in which their secrets are used. */
function createVaults(program: Program, hosts: CloudHosts, build: Build, names: Names): Vaults {
  const secrets = new Map(program.secrets.map((secret) => [secret.name, secret]));
  const used = new Map<string, { readonly name: string; readonly secrets: Set<SecretPlan> }>();

  const secretReference: SecretReferences = (setting) => {
    const secret = setting.kind === "secret" ? secrets.get(setting.name) : undefined;
    if (!secret) throw new Error("a secret is always given by its name");
    const vault = vaultName(secret.vault);
    const service = used.get(vault) ?? { name: names.take("ls", "keyvault", vault), secrets: new Set() };
    used.set(vault, service);
    service.secrets.add(secret);
    return {
      type: "AzureKeyVaultSecret",
      store: reference("LinkedServiceReference", service.name),
      secretName: text`${secret.key}`,
    };
  };

  const linkedService = (name: string, [first, ...others]: readonly SecretPlan[]): readonly Resource[] => {
    if (!first) return [];
    const from = [first, ...others].map((secret) => `secret.${secret.name}`);
    const origin = { description: "Secrets, by the factory's managed identity.", from, span: first.span };
    const baseUrl = text`https://${first.vault}.${hosts.vault}/`;
    return [build.linkedService(name, origin, { type: "AzureKeyVault", typeProperties: { baseUrl } })];
  };

  return {
    reference: secretReference,
    linkedServices: () => [...used.values()].flatMap((vault) => linkedService(vault.name, [...vault.secrets])),
  };
}

/** Secrets with the same vault name are in the same vault. */
function vaultName(vault: Setting): string {
  if (vault.kind === "text") return vault.value.toLowerCase();
  if (vault.kind === "param") return `param.${vault.name}`;
  throw new Error("a Key Vault is named by a text or a param");
}
