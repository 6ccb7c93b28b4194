/**
 * Data Factory behind the management API. It refuses what the service refuses, in its words, and gives objects back as
 * the service does: with fields of its own, keys in another order, other letter case, defaults filled in. Where a
 * behaviour was seen is said beside it.
 */
import { strictProblems } from "../codegen/adf/judges.ts";
import { type Json, objectsIn } from "../codegen/adf/support.ts";
import { PRINCIPALS } from "./access.ts";
import { asServed } from "./adf-served.ts";
import { type Provider, type ProviderRequest, problem, same } from "./arm.ts";
import type { FakeAnswer } from "./http.ts";

export const API_VERSION = "2018-06-01";

/** The kinds of objects in a factory, by the word in their addresses. */
const KINDS: Readonly<Record<string, { readonly kind: string; readonly reference: string }>> = {
  linkedservices: { kind: "linkedService", reference: "LinkedServiceReference" },
  datasets: { kind: "dataset", reference: "DatasetReference" },
  pipelines: { kind: "pipeline", reference: "PipelineReference" },
  triggers: { kind: "trigger", reference: "TriggerReference" },
  integrationruntimes: { kind: "integrationRuntime", reference: "IntegrationRuntimeReference" },
  dataflows: { kind: "dataflow", reference: "DataFlowReference" },
  credentials: { kind: "credential", reference: "CredentialReference" },
  managedvirtualnetworks: { kind: "managedVirtualNetwork", reference: "ManagedVirtualNetworkReference" },
};

interface StoredObject {
  readonly collection: string;
  readonly name: string;
  properties: Json;
  /** Of a trigger. */
  state?: "Started" | "Stopped";
  /** Of a trigger that is being started or stopped. */
  operation?: Operation | undefined;
  etag: number;
}

/** A start or stop. Time passes when somebody asks for it or for what it holds up; true while it is under way. */
type Operation = () => boolean;

interface StoredFactory {
  readonly name: string;
  body: Json;
  /** By `pipelines/pl_olist` in small letters. */
  readonly objects: Map<string, StoredObject>;
}

export interface DataFactories extends Provider {
  /** What is there, as it was written, by `pl_olist`'s `pipelines/pl_olist`; triggers with their state. */
  snapshot(factory: string): Readonly<Record<string, unknown>>;
  /** Writes an object as somebody else would. */
  put(factory: string, collection: string, name: string, properties: Json): FakeAnswer;
  /** Starts or stops a trigger as somebody else would. */
  setState(factory: string, trigger: string, state: "Started" | "Stopped"): void;
  /** Remembers all that there is; the function brings it back. */
  save(): () => void;
}

export interface DataFactoryOptions {
  /** Objects on a page of a list. */
  readonly pageSize?: number;
  /** How many times a start or stop answers that it is not done yet. */
  readonly polls?: number;
  /** Milliseconds after which it wants to be asked again; 0 seconds where they are not given. */
  readonly pause?: number;
  /**
   * Why a Databricks job cannot be run; undefined if it can. The service only finds out at the first run. Here a pipeline
   * with such a job is refused at once, so that every test of a deployment sees it.
   */
  readonly jobProblem?: (id: string) => string | undefined;
}

export function createDataFactories({
  pageSize = 3,
  polls = 2,
  pause,
  jobProblem = () => undefined,
}: DataFactoryOptions = {}): DataFactories {
  const again: Readonly<Record<string, string>> =
    pause === undefined ? { "retry-after": "0" } : { "retry-after-ms": String(pause) };
  const factories = new Map<string, StoredFactory>();
  const operations = new Map<string, Operation>();
  let etags = 0;

  const answer = (request: ProviderRequest): FakeAnswer => {
    const [root, first = "", collection, name, action] = request.path;
    if (!same(root, "factories")) return notFound(request, "resource type");
    const factory = factories.get(first.toLowerCase());
    if (collection === undefined) return factoryAnswer(request, first, factory);
    if (!factory) return notFound(request, `Microsoft.DataFactory/factories/${first}`);
    if (same(collection, "operationresults")) return operationAnswer(name ?? "");
    const known = Object.keys(KINDS).find((each) => same(each, collection));
    if (known === undefined) return notFound(request, collection);
    if (name === undefined) return page(request, factory, known);
    const stored = factory.objects.get(keyOf(known, name));
    if (action !== undefined) return triggerAnswer(request, stored, action);
    switch (request.method) {
      case "GET":
        return stored ? { status: 200, body: served(request, factory, stored) } : notFound(request, name);
      case "PUT":
        return write(request, factory, known, name, stored);
      case "DELETE":
        return remove(factory, stored);
      default:
        return problem(405, "MethodNotAllowed", `${request.method} is not allowed.`);
    }
  };

  const factoryAnswer = (request: ProviderRequest, name: string, stored: StoredFactory | undefined): FakeAnswer => {
    const factory = { name, objects: new Map(), body: {}, ...stored };
    const identity = {
      principalId: PRINCIPALS.factory,
      tenantId: "7e4a4700-0000-4000-8000-000000000001",
    };
    const body = (): unknown =>
      asServed({
        id: `${request.id}/factories/${factory.name}`,
        type: "Microsoft.DataFactory/factories",
        eTag: `"${factory.name}-${etags}"`,
        name: factory.name,
        ...factory.body,
        ...(factory.body.identity ? { identity: { ...Object(factory.body.identity), ...identity } } : {}),
        properties: {
          provisioningState: "Succeeded",
          createTime: "2026-01-01T00:00:00.0000000Z",
          version: API_VERSION,
          ...Object(factory.body.properties),
        },
      });
    if (request.method === "GET") return stored ? { status: 200, body: body() } : notFound(request, name);
    if (request.method === "DELETE") {
      // Everything inside goes with it.
      return { status: factories.delete(name.toLowerCase()) ? 200 : 204 };
    }
    const sent: Json = JSON.parse(request.body);
    if (request.method === "PATCH") {
      if (!stored) return notFound(request, name);
      // FactoryUpdateParameters has no more than this; what is given replaces what was there.
      const unknown = Object.keys(sent).find((each) => !["tags", "identity", "properties"].includes(each));
      if (unknown !== undefined) return problem(400, "BadRequest", `Could not find member '${unknown}'.`);
      stored.body = { ...stored.body, ...sent };
      return { status: 200, body: body() };
    }
    if (typeof sent.location !== "string") {
      return problem(400, "LocationRequired", "The location property is required for this definition.");
    }
    if (stored && stored.body.location !== sent.location) {
      return problem(409, "InvalidResourceLocation", `The resource '${name}' already exists in another location.`);
    }
    // The service would do so: what is not sent again is lost. Nothing that is deployed may ask for that.
    const lost = Object.keys(Object(stored?.body.properties)).filter((each) => !(each in Object(sent.properties)));
    if (lost.length > 0) return problem(409, "FactoryReset", `The factory would lose ${lost.join(", ")}.`);
    const wrong = strictProblems({ properties: {}, ...sent, kind: "factory", name });
    if (wrong.length > 0) return problem(400, "BadRequest", wrong.join("; "));
    factory.body = sent;
    factories.set(name.toLowerCase(), factory);
    return { status: 200, body: body() };
  };

  const page = (request: ProviderRequest, factory: StoredFactory, collection: string): FakeAnswer => {
    const all = [...factory.objects.values()].filter((each) => each.collection === collection);
    const start = Number(request.query.get("$skiptoken") ?? 0);
    const value = all.slice(start, start + pageSize).map((each) => served(request, factory, each));
    const next = `${request.url}/factories/${factory.name}/${collection}?api-version=${API_VERSION}&%24skiptoken=${start + pageSize}`;
    return { status: 200, body: { value, ...(start + pageSize < all.length ? { nextLink: next } : {}) } };
  };

  const write = (
    { body, ...request }: ProviderRequest,
    factory: StoredFactory,
    collection: string,
    name: string,
    stored: StoredObject | undefined,
  ): FakeAnswer => {
    const refused = stored && unchangeable(stored);
    if (refused) return refused;
    const { properties, ...rest }: Json = JSON.parse(body);
    const own: Json = { ...Object(properties) };
    const wrong = strictProblems({ ...rest, kind: KINDS[collection]?.kind ?? "", name, properties: own });
    if (wrong.length > 0) return problem(400, "BadRequest", wrong.join("; "));
    const missing = referencesIn(own).find((key) => !factory.objects.has(key));
    if (missing !== undefined) {
      // Azure-Player/azure.datafactory.tools#57, MicrosoftDocs/azure-docs#36750.
      const message = `The document creation or update failed because of invalid reference '${missing.split("/")[1]}'.`;
      return problem(400, "BadRequest", message, `${request.id}/factories/${factory.name}/${collection}/${name}`);
    }
    const jobs = objectsIn(own).flatMap(({ jobId }) => (jobId === undefined ? [] : [String(jobId)]));
    for (const job of jobs) {
      const wrongJob = jobProblem(job);
      if (wrongJob !== undefined) return problem(400, "BadRequest", wrongJob);
    }
    etags += 1;
    const { runtimeState, ...kept } = own;
    // The name stays as it was first written.
    const object: StoredObject = {
      collection,
      name: stored?.name ?? name,
      properties: kept,
      ...(collection === "triggers" ? { state: "Stopped" } : {}),
      etag: etags,
    };
    factory.objects.set(keyOf(collection, name), object);
    return { status: 200, body: served({ ...request, body }, factory, object) };
  };

  const remove = (factory: StoredFactory, stored: StoredObject | undefined): FakeAnswer => {
    if (!stored) return { status: 204 };
    const refused = unchangeable(stored);
    if (refused) return refused;
    const key = keyOf(stored.collection, stored.name);
    const user = [...factory.objects.values()].find(
      (each) => each !== stored && referencesIn(each.properties).includes(key),
    );
    if (user) {
      // liprec/vsts-publish-adf#57.
      const target = `/Microsoft.DataFactory/factories/${factory.name}/${stored.collection}/${stored.name}`;
      return problem(
        400,
        "BadRequest",
        `The document cannot be deleted since it is referenced by ${user.name}.`,
        target,
      );
    }
    factory.objects.delete(key);
    return { status: 200 };
  };

  const triggerAnswer = (request: ProviderRequest, trigger: StoredObject | undefined, action: string): FakeAnswer => {
    if (trigger?.collection !== "triggers") return notFound(request, "trigger");
    if (request.method !== "POST" || !["start", "stop"].includes(action)) return notFound(request, action);
    if (trigger.operation?.()) return problem(400, "BadRequest", PROVISIONING);
    let left = polls;
    const goesOn: Operation = () => {
      if (trigger.operation !== goesOn) return false;
      if (left > 0) {
        left -= 1;
        return true;
      }
      trigger.state = action === "start" ? "Started" : "Stopped";
      trigger.operation = undefined;
      return false;
    };
    trigger.operation = goesOn;
    if (polls === 0) {
      goesOn();
      return { status: 200 };
    }
    const id = `${action}-${operations.size + 1}`;
    operations.set(id, goesOn);
    const location = `${request.url}/factories/${request.path[1]}/operationresults/${id}?api-version=${API_VERSION}`;
    return { status: 202, headers: { location, ...again } };
  };

  const operationAnswer = (id: string): FakeAnswer => {
    const goesOn = operations.get(id);
    if (!goesOn) return problem(404, "NotFound", `The operation '${id}' is not found.`);
    return goesOn() ? { status: 202, headers: again } : { status: 200 };
  };

  const storedFactory = (name: string): StoredFactory => {
    const factory = factories.get(name.toLowerCase());
    if (!factory) throw new Error(`there is no factory ${name}`);
    return factory;
  };

  return {
    namespace: "Microsoft.DataFactory",
    apiVersion: API_VERSION,
    answer,
    snapshot: (name) => {
      const factory = factories.get(name.toLowerCase());
      if (!factory) return {};
      const objects = [...factory.objects.values()].map(({ collection, name, properties, state }) => [
        `${collection}/${name}`,
        state ? { properties, state } : { properties },
      ]);
      return { factory: factory.body, ...Object.fromEntries(objects) };
    },
    put: (name, collection, object, properties) => {
      const request = { method: "PUT", path: [], query: new URLSearchParams(), url: "", id: "" };
      const factory = storedFactory(name);
      const stored = factory.objects.get(keyOf(collection, object));
      return write({ ...request, body: JSON.stringify({ properties }) }, factory, collection, object, stored);
    },
    setState: (name, trigger, state) => {
      const stored = storedFactory(name).objects.get(keyOf("triggers", trigger));
      if (!stored) throw new Error(`there is no trigger ${trigger}`);
      stored.state = state;
    },
    save: () => {
      const copy = (all: ReadonlyMap<string, StoredFactory>): readonly (readonly [string, StoredFactory])[] =>
        [...all].map(([key, factory]) => {
          const objects = [...factory.objects].map(([name, { operation: _, ...stored }]) => [name, stored] as const);
          return [key, { ...factory, objects: new Map(objects) }];
        });
      const saved = new Map(copy(factories));
      return () => {
        factories.clear();
        for (const [key, factory] of copy(saved)) factories.set(key, factory);
      };
    },
  };
}

/** Data Factory compares names without their case. */
function keyOf(collection: string, name: string): string {
  return `${collection}/${name}`.toLowerCase();
}

// Azure/Azure-DataFactory#612, Azure-Player/azure.datafactory.tools#484.
const PROVISIONING = "Resource cannot be updated during provisioning";

function unchangeable(stored: StoredObject): FakeAnswer | undefined {
  if (stored.operation?.()) return problem(400, "BadRequest", PROVISIONING);
  if (stored.state !== "Started") return undefined;
  // As in many logs, with this code: a running trigger is neither changed nor deleted.
  const message = "Cannot update enabled Trigger; the trigger needs to be disabled first. ";
  return problem(400, "TriggerEnabledCannotUpdate", message);
}

function notFound({ id, path }: ProviderRequest, what: string): FakeAnswer {
  const full = [id, ...path].join("/");
  return problem(404, "ResourceNotFound", `The Resource '${what}' under '${full}' was not found.`);
}

function served({ id }: ProviderRequest, factory: StoredFactory, stored: StoredObject): unknown {
  const { collection, name, properties, state, etag } = stored;
  return asServed({
    id: `${id}/factories/${factory.name}/${collection}/${name}`,
    name,
    type: `Microsoft.DataFactory/factories/${collection}`,
    etag: `"${etag}"`,
    properties: {
      ...properties,
      ...(state ? { runtimeState: state } : {}),
      ...(collection === "pipelines" ? { lastPublishTime: "2026-01-01T00:00:00Z" } : {}),
    },
  });
}

/** The keys of what an object refers to: whatever has a name and a type that ends in Reference. */
function referencesIn(properties: Json): readonly string[] {
  return objectsIn(properties).flatMap(({ referenceName, type }) => {
    const collection = Object.entries(KINDS).find(([, { reference }]) => reference === type)?.[0];
    if (typeof referenceName !== "string" || collection === undefined) return [];
    return referenceName === "AutoResolveIntegrationRuntime" ? [] : [keyOf(collection, referenceName)];
  });
}
