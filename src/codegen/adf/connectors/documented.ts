/**
 * The properties that Microsoft's reference documents for each type of linked service and dataset, and for the parts of copies.
 * Nothing else is emitted, and a new property needs its source here.
 */

interface Documented {
  /** A page of `https://learn.microsoft.com/azure/`. */
  readonly source: string;
  readonly properties: readonly string[];
}

/** The pages of properties that the connector's page names in prose or calls otherwise than the service's API. */
const API = "templates/microsoft.datafactory/factories";

/** `typeProperties` of linked services. */
export const linkedServices = {
  AzureDatabricks: {
    source: "data-factory/compute-linked-services#azure-databricks-linked-service",
    properties: ["domain", "authentication", "workspaceResourceId"],
  },
  AzureBlobFS: {
    source: "data-factory/connector-azure-data-lake-storage#linked-service-properties",
    properties: ["url"],
  },
  AzureKeyVault: { source: "data-factory/store-credentials-in-key-vault", properties: ["baseUrl"] },
  AzureSqlDW: {
    source: "data-factory/connector-azure-sql-data-warehouse#linked-service-properties",
    properties: ["server", "database", "encrypt", "trustServerCertificate", "authenticationType"],
  },
  HttpServer: {
    source: "data-factory/connector-http#linked-service-properties",
    properties: ["url", "enableServerCertificateValidation", "authenticationType"],
  },
  MongoDbAtlas: {
    source: `${API}/linkedservices#mongodbatlaslinkedservicetypeproperties-1`,
    properties: ["connectionString", "database", "driverVersion"],
  },
  PostgreSqlV2: {
    source: "data-factory/connector-postgresql#linked-service-properties",
    properties: ["server", "port", "database", "username", "password", "sslMode", "authenticationType"],
  },
} as const satisfies Readonly<Record<string, Documented>>;

/** `typeProperties` of datasets. */
export const datasets = {
  Binary: { source: "data-factory/format-binary#dataset-properties", properties: ["location"] },
  Json: { source: "data-factory/format-json#dataset-properties", properties: ["location", "encodingName"] },
  MongoDbAtlasCollection: {
    source: `${API}/datasets#mongodbatlascollectiondatasettypeproperties-1`,
    properties: ["collection"],
  },
  PostgreSqlV2Table: { source: "data-factory/connector-postgresql#dataset-properties", properties: [] },
} as const satisfies Readonly<Record<string, Documented>>;

/** Sources of copies. */
export const sources = {
  BinarySource: {
    source: "data-factory/format-binary#binary-as-source",
    properties: ["storeSettings", "formatSettings"],
  },
  MongoDbAtlasSource: {
    source: "data-factory/connector-mongodb-atlas#mongodb-atlas-as-source",
    properties: ["batchSize", "filter", "cursorMethods"],
  },
  PostgreSqlV2Source: { source: "data-factory/connector-postgresql#postgresql-as-source", properties: ["query"] },
} as const satisfies Readonly<Record<string, Documented>>;

/** Sinks of copies, and the parts that sources, sinks and datasets consist of. */
export const parts = {
  AzureBlobFSLocation: {
    source: "data-factory/connector-azure-data-lake-storage#dataset-properties",
    properties: ["fileSystem", "folderPath", "fileName"],
  },
  AzureBlobFSReadSettings: {
    source: "data-factory/connector-azure-data-lake-storage#azure-data-lake-storage-gen2-as-a-source-type",
    properties: ["recursive", "wildcardFileName", "modifiedDatetimeStart", "modifiedDatetimeEnd"],
  },
  AzureBlobFSWriteSettings: {
    source: "data-factory/connector-azure-data-lake-storage#azure-data-lake-storage-gen2-as-a-sink-type",
    properties: ["copyBehavior"],
  },
  AzureKeyVaultSecret: {
    source: "data-factory/store-credentials-in-key-vault#reference-secret-stored-in-key-vault",
    properties: ["store", "secretName"],
  },
  BinaryReadSettings: { source: "data-factory/format-binary#binary-as-source", properties: [] },
  BinarySink: { source: "data-factory/format-binary#binary-as-sink", properties: ["storeSettings"] },
  HttpReadSettings: {
    source: "data-factory/connector-http#copy-activity-properties",
    properties: ["requestMethod", "requestTimeout"],
  },
  HttpServerLocation: { source: "data-factory/connector-http#dataset-properties", properties: ["relativeUrl"] },
  JsonSink: { source: "data-factory/format-json#json-as-sink", properties: ["storeSettings", "formatSettings"] },
  JsonWriteSettings: { source: "data-factory/format-json#json-as-sink", properties: ["filePattern"] },
} as const satisfies Readonly<Record<string, Documented>>;
