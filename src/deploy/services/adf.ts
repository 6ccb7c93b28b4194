/**
 * The client for Data Factory, over the management API. It reads raw bodies, because the SDK would flatten them; see
 * docs/decisions/0052-requests-to-azure.md.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { failure } from "../../runner/errors.ts";
import { adfReferences, ownerOfAdf } from "../desired/adf.ts";
import { type JsonObject, propertiesOf, textOf } from "../json.ts";
import { normalAdf } from "../normalize/adf.ts";
import { type ActualObject, type DesiredObject, type Json, type Kind, keyOf, type ObjectId } from "../object.ts";
import { isOurs, type Owner } from "../ownership.ts";
import type { ServiceClient } from "../service.ts";
import { type AdfPlace, checkedPlace, grantCommand, pathOfFactory, pathOfGroup } from "./adf-address.ts";
import {
  type AzureAnswer,
  type AzureHttp,
  type AzureHttpOptions,
  type AzureRequest,
  createAzureHttp,
  errorCodeOf,
  problemOf,
} from "./azure-http.ts";
import { refused } from "./service-errors.ts";

export const SERVICE = "Data Factory";
const API = { "api-version": "2018-06-01" };
const RESOURCES_API = { "api-version": "2021-04-01" };

/** The tag that marks the owner of the factory; objects in it are marked by the annotations `medalc` and the project name. */
const MARK = "medalc";

/** The kinds of objects in a factory, with their names in URLs and messages. */
const CHILDREN = {
  linkedService: { collection: "linkedservices", word: "linked service" },
  dataset: { collection: "datasets", word: "dataset" },
  pipeline: { collection: "pipelines", word: "pipeline" },
  trigger: { collection: "triggers", word: "trigger" },
} as const;
type ChildKind = keyof typeof CHILDREN;
const CHILD_KINDS: readonly ChildKind[] = ["linkedService", "dataset", "pipeline", "trigger"];
/** All collections of a factory. */
const COLLECTIONS = [
  ...CHILD_KINDS.map((kind) => CHILDREN[kind].collection),
  ...["dataflows", "integrationRuntimes", "credentials", "managedVirtualNetworks"],
];

export interface AdfOptions {
  readonly place: AdfPlace;
  readonly owner: Owner;
  readonly http: Omit<AzureHttpOptions, "service" | "grant">;
}

type TriggerState = "Started" | "Stopped" | "Disabled";

export interface AdfClient extends ServiceClient {
  run(trigger: ObjectId, runs: boolean): Promise<void>;
  /** The state of a trigger; undefined if it does not exist. */
  stateOf(trigger: ObjectId): Promise<TriggerState | undefined>;
}

/** Throws a failure if the place is not valid. */
export function createAdf({ place, owner, http: httpOptions }: AdfOptions): AdfClient {
  const { factory } = checkedPlace(place);
  let seen = false;
  const http = createAdfHttp(place, httpOptions, () => seen);
  const { signal, pause = 1000 } = httpOptions;
  const root = pathOfFactory(place);

  const request = (id: ObjectId, verb: string, method: AzureRequest["method"], body?: Json): AzureRequest => ({
    action: `${verb} ${wordsFor(id, factory)}`,
    method,
    path: pathOf(root, id),
    query: API,
    ...(body === undefined ? {} : { body }),
  });

  const factoryId = factoryIn(place);

  const readFactory = async (): Promise<Json | undefined> => {
    const there = await factoryAt(http, place);
    seen ||= there !== undefined;
    return there;
  };

  const readAll = async (collection: string): Promise<readonly Json[]> => {
    const action = `list the ${collection} of ${factory}`;
    const items = await http.list({ action, method: "GET", path: [...root, collection], query: API });
    if (!("status" in items)) return items;
    if (isMissing(items)) return [];
    throw failure(problemAt(items, action, place, factoryId));
  };

  const rest = async (action: string, tries: number): Promise<void> => {
    const milliseconds = Math.min(pause * tries, LONGEST_PAUSE);
    httpOptions.onWait?.(action, milliseconds);
    await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  };

  /** Retries while the service is provisioning the object. */
  const whenReady = async (sent: AzureRequest): Promise<AzureAnswer> => {
    for (let tries = 1; ; tries++) {
      const answer = await http.send(sent);
      if (!isProvisioning(answer) || tries === TRIES) return answer;
      await rest(sent.action, tries);
    }
  };

  const writeFactory = async (object: DesiredObject): Promise<void> => {
    const there = await readFactory();
    const { tags: given, identity: old } = propertiesOf(there);
    // Several projects may share a factory; the first one stays its owner.
    const tags = { [MARK]: owner.project, ...propertiesOf(given) };
    const identity = identityWith(old, propertiesOf(object.body).identity);
    // Replacing a factory would remove its repository, keys and network rules.
    const sent =
      there === undefined
        ? request(object, "create", "PUT", { location: await regionAt(http, place), tags, ...identity, properties: {} })
        : request(object, "change", "PATCH", { tags, ...identity });
    await done(sent, object);
  };

  const done = async (sent: AzureRequest, id: ObjectId): Promise<void> => {
    const answer = await whenReady(sent);
    if (answer.status >= 300) throw failure(problemAt(answer, sent.action, place, id));
  };

  const stateOf = async (id: ObjectId): Promise<TriggerState | undefined> => {
    const sent = request(id, "read", "GET");
    const answer = await http.send(sent);
    if (isMissing(answer)) return undefined;
    if (answer.status !== 200) throw failure(problemAt(answer, sent.action, place, id));
    return stateIn(answer.body);
  };

  return {
    service: "adf",

    read: async (wanted) => {
      const lists = CHILD_KINDS.map((kind) => readAll(CHILDREN[kind].collection));
      const [there, ...children] = await Promise.all([readFactory(), ...lists]);
      const names = new Map(wanted.map((each) => [keyOf(each).toLowerCase(), each.name]));
      const actual = (kind: Kind, resource: Json): ActualObject => actualOf(kind, resource, names, factoryId);
      const all = [
        ...(there === undefined ? [] : [actual("factory", there)]),
        ...CHILD_KINDS.flatMap((kind, at) => (children[at] ?? []).map((each) => actual(kind, each))),
      ];
      const keys = new Set(wanted.map(keyOf));
      for (const each of all) if (isOurs(each, owner)) keys.add(keyOf(each));
      keys.delete(keyOf(factoryId));
      const isUser = ({ needs }: ActualObject): boolean => needs.some((need) => keys.has(need));
      return all.filter((each) => each.kind === "factory" || keys.has(keyOf(each)) || isUser(each));
    },

    write: async (object) => {
      if (object.kind === "factory") return writeFactory(object);
      await done(request(object, "write", "PUT", { properties: object.body }), object);
    },

    remove: async (id) => {
      if (id.kind === "factory") {
        // The service would delete them with the factory.
        const left = (await Promise.all(COLLECTIONS.map(readAll))).flat();
        if (left.length > 0) {
          throw failure(diagnostic("adf-factory-not-empty", COMMAND_LINE, { factory, count: left.length }));
        }
      }
      const sent = request(id, "remove", "DELETE");
      const answer = await whenReady(sent);
      if (answer.status >= 300 && !isMissing(answer)) throw failure(problemAt(answer, sent.action, place, id));
    },

    run: async (id, runs) => {
      const { path, ...sent } = request(id, runs ? "start" : "stop", "POST");
      const isSo = (state: TriggerState | undefined): boolean => (runs ? state === "Started" : state !== "Started");
      // Regardless of its state: an earlier request may still be in progress.
      for (let tries = 1; ; tries++) {
        const answer = await http.finish({ ...sent, path: [...path, runs ? "start" : "stop"], repeatable: true });
        // While a trigger is being provisioned, its state is the old one.
        if (!isProvisioning(answer)) {
          if (isSo(await stateOf(id))) return;
          if (answer.status >= 300) throw failure(problemAt(answer, sent.action, place, id));
        }
        if (tries === TRIES) {
          const params = { trigger: id.name, factory, state: runs ? "started" : "stopped" };
          throw failure(diagnostic("adf-trigger-unsettled", COMMAND_LINE, params));
        }
        await rest(sent.action, tries);
      }
    },

    stateOf,
  };
}

/**
 * After a trigger is written, started or stopped, the service provisions it for a while and rejects requests. Pauses grow
 * to ten seconds, five minutes in total, like in other tools.
 */
const TRIES = 35;
const LONGEST_PAUSE = 10_000;

function isProvisioning(answer: AzureAnswer): boolean {
  return answer.status === 400 && /during provisioning/i.test(problemOf(answer));
}

/** `names`: the names of desired objects by lower-case key. */
function actualOf(kind: Kind, resource: Json, names: ReadonlyMap<string, string>, factory: ObjectId): ActualObject {
  const { name: given, properties, tags } = propertiesOf(resource);
  const own = textOf(given) ?? "";
  // Names are case-insensitive, and the service keeps the original spelling.
  const name = names.get(keyOf({ service: "adf", kind, name: own }).toLowerCase()) ?? own;
  if (kind === "factory") {
    const project = textOf(propertiesOf(tags)[MARK]);
    return { service: "adf", kind, name, body: normalAdf(kind, resource), project, needs: [] };
  }
  const said = properties ?? {};
  return {
    service: "adf",
    kind,
    name,
    body: normalAdf(kind, said),
    ...ownerOfAdf(said),
    ...(kind === "trigger" ? { runs: stateIn(resource) === "Started" } : {}),
    needs: [keyOf(factory), ...adfReferences(said)],
  };
}

function stateIn(resource: Json | undefined): TriggerState {
  const state = propertiesOf(propertiesOf(resource).properties).runtimeState;
  return state === "Started" || state === "Disabled" ? state : "Stopped";
}

/** Existing identities are kept: pipelines of others may use them. */
function identityWith(there: Json | undefined, wanted: Json | undefined): JsonObject {
  const { type, userAssignedIdentities } = propertiesOf(there);
  const all = [type, propertiesOf(wanted).type].flatMap((each) => (textOf(each) ?? "").split(","));
  const kinds = ["SystemAssigned", "UserAssigned"].filter((each) => all.some((own) => own.trim() === each));
  const users = Object.keys(propertiesOf(userAssignedIdentities)).map((id) => [id, {}]);
  if (kinds.length === 0) return {};
  const assigned = users.length === 0 ? {} : { userAssignedIdentities: Object.fromEntries(users) };
  return { identity: { type: kinds.join(","), ...assigned } };
}

/**
 * Requests to a factory. A role on the factory is narrower than one on its resource group, but cannot be granted before
 * the factory exists: `there` returns whether it does.
 */
export function createAdfHttp(place: AdfPlace, options: AdfOptions["http"], there: () => boolean): AzureHttp {
  const grant: AzureHttpOptions["grant"] = (who) => grantCommand(place, who, there() ? "factory" : "group");
  return createAzureHttp({ ...options, service: SERVICE, grant });
}

/** Reads the factory; undefined if it does not exist. */
export async function factoryAt(http: AzureHttp, place: AdfPlace): Promise<Json | undefined> {
  const action = `read the factory ${place.factory}`;
  const answer = await http.send({ action, method: "GET", path: pathOfFactory(place), query: API });
  if (isMissing(answer)) return undefined;
  if (answer.status !== 200) throw failure(problemAt(answer, action, place, factoryIn(place)));
  return answer.body;
}

/** The region of the resource group. */
export async function regionAt(http: AzureHttp, place: AdfPlace): Promise<string> {
  const action = `read the resource group ${place.resourceGroup}`;
  const answer = await http.send({ action, method: "GET", path: pathOfGroup(place), query: RESOURCES_API });
  const location = textOf(propertiesOf(answer.body).location);
  if (answer.status === 200 && location !== undefined) return location;
  throw failure(problemAt(answer, action, place, factoryIn(place)));
}

function factoryIn({ factory: name }: AdfPlace): ObjectId {
  return { service: "adf", kind: "factory", name };
}

function isChild(kind: Kind): kind is ChildKind {
  return Object.hasOwn(CHILDREN, kind);
}

function wordsFor({ kind, name }: ObjectId, factory: string): string {
  return isChild(kind) ? `the ${CHILDREN[kind].word} ${name} in ${factory}` : `the factory ${factory}`;
}

/** Naming rules in a factory, by the service's types. */
const NAME = /^[A-Za-z0-9_][^<>*#.%&:\\+?/]{0,259}$/;

function pathOf(root: readonly string[], { kind, name }: ObjectId): readonly string[] {
  if (!isChild(kind)) return root;
  const { collection, word } = CHILDREN[kind];
  if (NAME.test(name)) return [...root, collection, name];
  throw failure(diagnostic("azure-name", COMMAND_LINE, { name, what: `a ${word}` }));
}

/** Whether the factory or object does not exist; a missing resource group or subscription is an error. */
function isMissing(answer: AzureAnswer): boolean {
  return answer.status === 404 && !/^(ResourceGroup|Subscription)NotFound$/.test(errorCodeOf(answer) ?? "");
}

/** The diagnostic for an error response. */
function problemAt(answer: AzureAnswer, action: string, place: AdfPlace, id: ObjectId): Diagnostic {
  const problem = problemOf(answer);
  const { factory, resourceGroup, subscription } = place;
  const object = wordsFor(id, factory);
  if (errorCodeOf(answer) === "ResourceGroupNotFound") {
    return diagnostic("resource-group-missing", COMMAND_LINE, { name: resourceGroup, subscription });
  }
  if (/enabled trigger/i.test(problem)) {
    return diagnostic("adf-trigger-running", COMMAND_LINE, { trigger: id.name, factory });
  }
  const user = /cannot be deleted since it is referenced by (.+?)\.?$/.exec(problem)?.[1];
  if (user !== undefined) return diagnostic("adf-still-referenced", COMMAND_LINE, { object, user });
  const reference = /because of invalid reference '(.+)'/.exec(problem)?.[1];
  if (reference !== undefined) return diagnostic("adf-reference-missing", COMMAND_LINE, { object, reference, factory });
  return refused({ service: SERVICE, action }, problem);
}
