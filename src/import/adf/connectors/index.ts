import type { Connector } from "./connector.ts";
import { file } from "./file.ts";
import { http } from "./http.ts";
import { mongodb } from "./mongodb.ts";
import { postgres } from "./postgres.ts";

/** By the type of the linked service. */
export const connectors: ReadonlyMap<string, Connector> = new Map([
  ["HttpServer", http],
  ["AzureBlobFS", file],
  ["AzureBlobStorage", file],
  ["PostgreSqlV2", postgres],
  ["PostgreSql", postgres],
  ["AzurePostgreSql", postgres],
  ["MongoDbV2", mongodb],
  ["MongoDbAtlas", mongodb],
  ["MongoDb", mongodb],
  ["CosmosDbMongoDbApi", mongodb],
]);
