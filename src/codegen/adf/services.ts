/** Linked services and datasets: what the pipelines reach, and by which names they call it. */
import type { Program, SecretPlan, ServicePlan, Setting, SourcePlan } from "../../plan/program.ts";
import { createNames, type Names } from "../shared/names.ts";
import { sparkVersion } from "../shared/spark-version.ts";
import type { LinkedServiceParts, SecretReferences } from "./connectors/connector.ts";
import { connectors } from "./connectors/index.ts";
import { type Build, type Resource, reference } from "./model.ts";
import { required } from "./settings.ts";
import { expression, type JsonObject, text, without } from "./value.ts";

export interface Services {
  /** Key Vaults first: the others refer to them. */
  readonly linkedServices: readonly Resource[];
  readonly datasets: readonly Resource[];
  /** Names of linked services. */
  readonly databricks: string | undefined;
  readonly synapse: string | undefined;
  /** Names of datasets. */
  readonly lakeFiles: string;
  readonly lakeLines: string;
  /** The dataset to read a source by. */
  readonly datasetOf: ReadonlyMap<SourcePlan, string>;
}

export function buildServices(program: Program, build: Build): Services {
  const names = createNames();
  const vaults = createVaults(program, build, names);
  const project = { from: ["project"] };

  const lakeName = names.take("ls", "lake");
  const lake = build.linkedService(
    lakeName,
    { ...project, description: "The lake, by the factory's managed identity.", span: program.lake.span },
    {
      type: "AzureBlobFS",
      typeProperties: { url: text`https://${required(program.lake, "account")}.dfs.core.windows.net` },
    },
  );
  const { compute, serve } = program;
  const databricks =
    compute &&
    build.linkedService(
      names.take("ls", "databricks"),
      { ...project, description: "A new job cluster for each notebook.", span: compute.span },
      databricksParts(compute),
    );
  const synapse =
    serve &&
    build.linkedService(
      names.take("ls", "synapse"),
      { ...project, description: "The serverless SQL endpoint, by the factory's managed identity.", span: serve.span },
      synapseParts(serve),
    );

  const sources: Resource[] = [];
  const datasets: Resource[] = [];
  const datasetOf = new Map<SourcePlan, string>();
  const datasetNames = createNames();
  const lakeFiles = datasetNames.take("ds", "lake", "files");
  const lakeLines = datasetNames.take("ds", "lake", "lines");
  for (const source of program.sources) {
    const { linkedService, dataset } = connectors[source.kind];
    const origin = { from: [`source.${source.name}`], span: source.span };
    if (!linkedService || !dataset) {
      datasetOf.set(source, lakeFiles);
      continue;
    }
    const name = names.take("ls", source.name);
    sources.push(
      build.linkedService(name, { ...origin, description: source.doc }, linkedService(source, vaults.reference)),
    );
    const { word, description, ...parts } = dataset;
    const datasetName = datasetNames.take("ds", source.name, word);
    datasets.push(
      build.dataset(datasetName, { ...origin, description }, { ...parts, linkedService: name, folder: source.name }),
    );
    datasetOf.set(source, datasetName);
  }

  const location: JsonObject = {
    type: "AzureBlobFSLocation",
    fileSystem: text`${required(program.lake, "container")}`,
    folderPath: expression("@dataset().folder"),
    fileName: expression("@dataset().file"),
  };
  const inLake = { linkedService: lakeName, parameters: ["folder", "file"], folder: "lake" };
  const lakeOrigin = { ...project, span: program.lake.span };
  datasets.push(
    build.dataset(
      lakeFiles,
      { ...lakeOrigin, description: "A file of the lake, byte for byte." },
      { ...inLake, type: "Binary", typeProperties: { location } },
    ),
    build.dataset(
      lakeLines,
      { ...lakeOrigin, description: "A file of JSON lines in the lake." },
      { ...inLake, type: "Json", typeProperties: { location, encodingName: "UTF-8 without BOM" } },
    ),
  );

  return {
    linkedServices: [
      ...vaults.linkedServices(),
      lake,
      ...sources,
      ...[databricks, synapse].filter((each) => each !== undefined),
    ],
    datasets,
    databricks: databricks?.name,
    synapse: synapse?.name,
    lakeFiles,
    lakeLines,
    datasetOf,
  };
}

function databricksParts(compute: ServicePlan): LinkedServiceParts {
  const runtime = required(compute, "runtime");
  return {
    type: "AzureDatabricks",
    typeProperties: {
      domain: text`https://${without(required(compute, "workspace"), "https://")}`,
      authentication: "MSI",
      workspaceResourceId: text`${required(compute, "resource_id")}`,
      newClusterVersion: runtime.kind === "text" ? sparkVersion(runtime.value) : text`${runtime}`,
      newClusterNodeType: text`${required(compute, "node")}`,
      ...workers(required(compute, "workers")),
      dataSecurityMode: "SINGLE_USER",
    },
  };
}

function workers(setting: Setting): JsonObject {
  if (setting.kind !== "range" || setting.from !== setting.to) return { newClusterNumOfWorker: text`${setting}` };
  if (setting.to > 0) return { newClusterNumOfWorker: String(setting.to) };
  return {
    newClusterNumOfWorker: "0",
    newClusterSparkConf: { "spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]" },
    newClusterCustomTags: { ResourceClass: "SingleNode" },
  };
}

function synapseParts(serve: ServicePlan): LinkedServiceParts {
  return {
    type: "AzureSqlDW",
    typeProperties: {
      server: text`${required(serve, "workspace")}-ondemand.sql.azuresynapse.net`,
      database: text`${required(serve, "database")}`,
      encrypt: "mandatory",
      trustServerCertificate: false,
      authenticationType: "SystemAssignedManagedIdentity",
    },
  };
}

interface Vaults {
  readonly reference: SecretReferences;
  /** Those that something has referred to. */
  linkedServices(): readonly Resource[];
}

/** One linked service for each Key Vault, in the order in which secrets of them are used. */
function createVaults(program: Program, build: Build, names: Names): Vaults {
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
    const baseUrl = text`https://${first.vault}.vault.azure.net/`;
    return [build.linkedService(name, origin, { type: "AzureKeyVault", typeProperties: { baseUrl } })];
  };

  return {
    reference: secretReference,
    linkedServices: () => [...used.values()].flatMap((vault) => linkedService(vault.name, [...vault.secrets])),
  };
}

/** Two secrets with the same name of a vault lie in the same vault. */
function vaultName(vault: Setting): string {
  if (vault.kind === "text") return vault.value.toLowerCase();
  if (vault.kind === "param") return `param.${vault.name}`;
  throw new Error("a Key Vault is named by a text or a param");
}
