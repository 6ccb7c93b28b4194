/** Runs all sources of the example, and returns an environment for them. */
import { join } from "node:path";
import { startHttpServer } from "./http.ts";
import { loadCollection, startMongo } from "./mongo.ts";
import { loadPayments, startPostgres } from "./postgres.ts";

export interface Sources {
  /** An environment of medal.json for `examples/ecommerce.medal`. */
  readonly environment: {
    readonly params: Readonly<Record<string, string>>;
    readonly sources: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  };
  /** Environment variables with the values of the secrets. */
  readonly secrets: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts a web server, PostgreSQL and a MongoDB-compatible server, and loads the generated data in `dataFolder`. */
export async function startAll(dataFolder: string): Promise<Sources> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    const http = await startHttpServer(join(dataFolder, "http"));
    started.push(http);
    const postgres = await startPostgres();
    started.push(postgres);
    const mongo = await startMongo();
    started.push(mongo);
    await loadPayments(postgres, join(dataFolder, "erp/public.order_payments.jsonl"));
    const translation = "product_category_translation";
    await loadCollection(mongo, translation, join(dataFolder, `catalog/${translation}.jsonl`));
    return {
      environment: {
        params: { erp_host: postgres.host },
        sources: {
          github: { base_url: http.url },
          erp: { port: postgres.port, database: postgres.database, user: postgres.user },
          catalog: { database: mongo.database },
        },
      },
      secrets: { MEDAL_SECRET_ERP_PASSWORD: postgres.password, MEDAL_SECRET_ATLAS_URI: mongo.uri },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
