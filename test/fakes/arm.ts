/**
 * Azure's management API on loopback: tokens, API versions, subscriptions, resource groups, what an identity may do,
 * throttling. The services that it manages are functions beside it, such as `adf.ts`.
 */
import { type AccessState, createAccess } from "./access.ts";
import { answerOf } from "./arm-resources.ts";
import type { Entra } from "./entra.ts";
import { createFaults, type FakeAnswer, type FakeRequest, type FakeServer, type Faults, startServer } from "./http.ts";

export const MANAGEMENT = "https://management.azure.com";
export const SUBSCRIPTION = "5ab5c417-0000-4000-8000-000000000001";
export const RESOURCE_GROUP = "olist-test";
const LOCATION = "westeurope";

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** Data Factory Contributor, as Microsoft documents the built-in role. */
export const DATA_FACTORY_CONTRIBUTOR: Permission = {
  actions: [
    "Microsoft.Authorization/*/read",
    "Microsoft.DataFactory/dataFactories/*",
    "Microsoft.DataFactory/factories/*",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.ResourceHealth/availabilityStatuses/read",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
    "Microsoft.EventGrid/eventSubscriptions/write",
  ],
  notActions: [],
};
export const READER: Permission = { actions: ["*/read"], notActions: [] };

/** A request below `…/resourceGroups/olist-test/providers/Microsoft.DataFactory/`. */
export interface ProviderRequest {
  readonly method: string;
  /** The segments after the provider: `factories`, `olist-df`, … */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
  /** `http://127.0.0.1:…/subscriptions/…/providers/Microsoft.DataFactory`: what links begin with. */
  readonly url: string;
  /** `/subscriptions/…/providers/Microsoft.DataFactory`: what ids begin with. */
  readonly id: string;
}

export interface Provider {
  /** `Microsoft.DataFactory`. */
  readonly namespace: string;
  readonly apiVersion: string;
  answer(request: ProviderRequest): FakeAnswer;
}

export interface ArmOptions {
  readonly entra: Entra;
  readonly providers: readonly Provider[];
  readonly faults?: Faults;
  readonly access?: AccessState;
  /** Writes that are taken at once, refilled by as many a second; without one there is no limit. */
  readonly writes?: number;
}

export interface Arm extends FakeServer {
  /** What the identity may do, from now on. */
  allow(...permissions: readonly Permission[]): void;
}

export async function startArm(options: ArmOptions): Promise<Arm> {
  const { entra, providers, faults = createFaults(), access = createAccess() } = options;
  let permissions: readonly Permission[] = [DATA_FACTORY_CONTRIBUTOR];
  const throttle = createThrottle(options.writes);

  const answer = (request: FakeRequest, url: string): FakeAnswer => {
    const refusal = entra.refusal(request.headers.authorization, MANAGEMENT);
    if (refusal) return refusal;
    const version = request.query.get("api-version");
    if (version === null)
      return problem(400, "MissingApiVersionParameter", "The api-version query parameter is required.");
    const { method, path } = request;
    const throttled = method === "GET" ? undefined : throttle();
    if (throttled) return throttled;

    const [subscriptions, subscription = "", groups, group = "", marker, namespace = "", ...rest] = path;
    const may = (action: string): FakeAnswer | undefined =>
      isAllowed(permissions, action) ? undefined : forbidden(entra.objectId, action, `/${path.join("/")}`);
    const read = method === "GET" ? answerOf(access, { path, query: request.query, may }) : undefined;
    if (read) return read;
    if (!same(subscriptions, "subscriptions") || !same(subscription, SUBSCRIPTION)) {
      return problem(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
    }
    if (!same(groups, "resourceGroups") || !same(group, RESOURCE_GROUP)) {
      return problem(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
    }
    const scope = `/subscriptions/${subscription}/resourceGroups/${group}`;

    if (same(path.at(-2), "Microsoft.Authorization") && same(path.at(-1), "permissions")) {
      return may("Microsoft.Authorization/permissions/read") ?? { status: 200, body: { value: permissions } };
    }
    if (marker === undefined) {
      const id = { id: scope, name: RESOURCE_GROUP, type: "Microsoft.Resources/resourceGroups", location: LOCATION };
      return may("Microsoft.Resources/subscriptions/resourceGroups/read") ?? { status: 200, body: id };
    }
    const provider = providers.find((each) => same(each.namespace, namespace));
    if (!same(marker, "providers") || !provider) {
      return problem(404, "InvalidResourceNamespace", `The resource namespace '${namespace}' is invalid.`);
    }
    if (version !== provider.apiVersion) {
      return problem(400, "InvalidResourceType", `The api-version '${version}' is invalid.`);
    }
    const id = `${scope}/providers/${provider.namespace}`;
    return (
      may(actionOf(provider.namespace, method, rest)) ??
      provider.answer({ method, path: rest, query: request.query, body: request.body, url: `${url}${id}`, id })
    );
  };

  const server = await startServer(answer, faults);
  return {
    ...server,
    allow: (...allowed) => {
      permissions = allowed;
    },
  };
}

/** As the management API writes errors. */
export function problem(status: number, code: string, message: string, target: string | null = null): FakeAnswer {
  return { status, body: { error: { code, message, target, details: null } } };
}

/** Azure compares names without their case. */
export function same(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** `PUT factories/f/pipelines/p` is `…/factories/pipelines/write`, `POST …/triggers/t/start` is `…/triggers/start/action`. */
function actionOf(namespace: string, method: string, path: readonly string[]): string {
  const types = path.filter((_, index) => index % 2 === 0);
  const verb = { GET: "read", PUT: "write", PATCH: "write", DELETE: "delete" }[method] ?? "action";
  return [namespace, ...types, verb].join("/");
}

function isAllowed(permissions: readonly Permission[], action: string): boolean {
  const fits = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`, "i").test(action);
  return permissions.some(({ actions, notActions }) => actions.some(fits) && !notActions.some(fits));
}

function forbidden(objectId: string, action: string, scope: string): FakeAnswer {
  return problem(
    403,
    "AuthorizationFailed",
    `The client '${objectId}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** A bucket that is refilled in a second: MicrosoftDocs, "Understand how Azure Resource Manager throttles requests". */
function createThrottle(size: number | undefined): () => FakeAnswer | undefined {
  let filledAt = performance.now();
  let left = size ?? 0;
  return () => {
    if (size === undefined) return undefined;
    const now = performance.now();
    left = Math.min(size, left + ((now - filledAt) / 1000) * size);
    filledAt = now;
    if (left >= 1) {
      left -= 1;
      return undefined;
    }
    const answer = problem(429, "SubscriptionRequestsThrottled", "Number of 'write' requests exceeded the limit.");
    return { ...answer, headers: { "retry-after": "1" } };
  };
}
