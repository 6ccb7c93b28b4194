/**
 * HTTP requests to an Azure service: tokens, retries, pagination and long-running operations. Responses are returned
 * unchanged; an error status (4xx) is a response like any other, which the service's client interprets.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  type PipelineResponse,
  proxyPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import { COMMAND_LINE } from "../../config/environment.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { createSlots } from "../../runner/dag.ts";
import { codeOf, failure, messageOf } from "../../runner/errors.ts";
import { isTransient } from "../../runner/extract/failures.ts";
import { VERSION } from "../../version.ts";
import { isList, isObject, type JsonObject, propertiesOf, textOf } from "../json.ts";
import type { Json } from "../object.ts";
import { type Identity, identityOf, type Tokens } from "./credentials.ts";
import { networkProblemIn } from "./network-errors.ts";
import { type Asked, busy, forbidden, refused, tokenRefused, unreachable } from "./service-errors.ts";

export interface AzureHttpOptions {
  /** The name in messages: `Data Factory`. */
  readonly service: string;
  /** `https://management.azure.com`. Without TLS only 127.0.0.1. */
  readonly endpoint: string;
  readonly tokens: Tokens;
  /** The command that grants an identity the missing role. */
  grant(identity: Identity | undefined): string;
  readonly signal: AbortSignal;
  /** Timeout of a request in milliseconds, by default a minute. */
  readonly timeout?: number;
  /** Default milliseconds before the first retry and between two polls of an operation. */
  readonly pause?: number;
  /** Called before each pause, with its milliseconds, to report progress. */
  onWait?(action: string, milliseconds: number): void;
}

export interface AzureRequest {
  /** Completes "refused to": `list the pipelines of olist-df`. */
  readonly action: string;
  readonly method: HttpMethods;
  /** The segments of the path, unescaped. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Whether the request is idempotent. By default true, except for POST. */
  readonly repeatable?: boolean;
}

export interface AzureAnswer {
  /** Not 401, not 403 because of a missing role, and not retryable. */
  readonly status: number;
  header(name: string): string | undefined;
  /** Undefined without a body. */
  readonly body: Json | undefined;
}

export interface AzureHttp {
  send(request: AzureRequest): Promise<AzureAnswer>;
  /** The items of all pages of a list; or the response that is not a page. */
  list(request: AzureRequest): Promise<readonly Json[] | AzureAnswer>;
  /** Sends the request and waits for the long-running operation it starts; returns the last response. */
  finish(request: AzureRequest): Promise<AzureAnswer>;
}

/** Maximum number of concurrent requests: far below any limit, and enough to hide the latency. */
const AT_ONCE = 8;
const TRIES = 5;
const LONGEST_PAUSE = 30_000;
/** Maximum total milliseconds to wait for a busy service or an operation. */
const PATIENCE = 15 * 60_000;

export function createAzureHttp(options: AzureHttpOptions): AzureHttp {
  const { service, tokens, signal, timeout = 60_000, pause = 1000, onWait } = options;
  const { origin, insecure } = checkedEndpoint(options.endpoint);
  const client = createDefaultHttpClient();
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: `medalc/${VERSION}` }));
  // Requests to this machine do not use a proxy.
  if (!insecure) pipeline.addPolicy(proxyPolicy());
  const slot = createSlots(AT_ONCE);
  // When a service asks to wait, all requests wait.
  let opensAt = 0;

  const wait = async (action: string, milliseconds: number): Promise<void> => {
    if (milliseconds > 0) onWait?.(action, milliseconds);
    await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  };

  const once = async (url: string, { method, body }: AzureRequest, token: string): Promise<PipelineResponse> => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = createHttpHeaders({
      accept: "application/json",
      authorization: `Bearer ${token}`,
      ...(text === undefined ? {} : { "content-type": "application/json" }),
    });
    const request = createPipelineRequest({
      url,
      method,
      headers,
      ...(text === undefined ? {} : { body: text }),
      abortSignal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      allowInsecureConnection: insecure,
    });
    return pipeline.sendRequest(client, request);
  };

  const sendTo = async (url: string, request: AzureRequest): Promise<AzureAnswer> => {
    const asked: Asked = { service, action: request.action };
    const repeatable = request.repeatable ?? request.method !== "POST";
    let token = await tokens.current();
    let renewed = false;
    let waited = 0;
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted();
      const outcome = await slot(async () => {
        await wait(request.action, Math.max(0, opensAt - performance.now()));
        return outcomeOf(() => once(url, request, token));
      });
      signal.throwIfAborted();
      if (outcome.kind === "answer") {
        const { answer } = outcome;
        if (answer.status === 401 && !renewed) {
          renewed = true;
          token = await tokens.after(token, demandedClaims(answer));
          continue;
        }
        if (answer.status === 401) throw failure(tokenRefused(asked, problemOf(answer)));
        if (isForbidden(answer)) throw failure(forbidden(asked, problemOf(answer), options.grant(identityOf(token))));
        if (!BUSY.has(answer.status)) return answer;
      }
      const demanded = (outcome.kind === "answer" && retryAfter(outcome.answer)) || undefined;
      const next = demanded ?? Math.min(pause * 2 ** (tries - 1), LONGEST_PAUSE);
      waited += next;
      // A service that asks for a delay is retried without a limit on the number of attempts.
      const patient = waited <= PATIENCE && (demanded !== undefined || tries < TRIES);
      if (!patient || !mayRepeat(outcome, repeatable)) {
        if (outcome.kind === "lost") throw failure(unreachable(asked, origin, outcome.problem, outcome.hint));
        throw failure(busy(asked, tries, problemOf(outcome.answer)));
      }
      if (demanded !== undefined) opensAt = Math.max(opensAt, performance.now() + demanded);
      await wait(request.action, next);
    }
  };

  /** The next URL of a response; never on another server, which would receive the token. */
  const linkOf = (link: string, { action }: AzureRequest): string => {
    const url = URL.canParse(link, origin) ? new URL(link, origin) : undefined;
    if (url?.origin === origin) return url.href;
    throw failure(refused({ service, action }, `its response links to another server, ${url?.host ?? "none"}`));
  };

  const outcomeOf = async (send: () => Promise<PipelineResponse>): Promise<Outcome> => {
    try {
      const response = await send();
      const text = response.bodyAsText ?? "";
      const body = text === "" ? undefined : parsed(text);
      if (body === NOT_JSON && response.status < 300) {
        return { kind: "lost", transient: false, problem: "the response is not JSON", hint: undefined };
      }
      const header = (name: string): string | undefined => response.headers.get(name);
      return { kind: "answer", answer: { status: response.status, header, body: body === NOT_JSON ? text : body } };
    } catch (error) {
      // The caller's signal is checked elsewhere, so this is the timeout.
      const timedOut = error instanceof Error && error.name === "AbortError";
      if (timedOut) {
        return { kind: "lost", transient: true, problem: `no response for ${timeout / 1000} seconds`, hint: undefined };
      }
      const problem = messageOf(error);
      const hint = networkProblemIn(error, problem)?.hint;
      return { kind: "lost", transient: isTransient(codeOf(error)), problem, hint };
    }
  };

  const send = (request: AzureRequest): Promise<AzureAnswer> => sendTo(urlOf(origin, request), request);

  return {
    send,
    list: async (request) => {
      const items: Json[] = [];
      const seen = new Set<string>();
      for (let url: string | undefined = urlOf(origin, request); url !== undefined; ) {
        seen.add(url);
        const answer = await sendTo(url, request);
        const { value, nextLink } = propertiesOf(answer.body);
        if (answer.status !== 200 || value === undefined || !isList(value)) return answer;
        items.push(...value);
        const link = textOf(nextLink) ?? "";
        url = link === "" ? undefined : linkOf(link, request);
        if (url !== undefined && seen.has(url)) {
          throw failure(refused({ service, action: request.action }, "its pagination does not end"));
        }
      }
      return items;
    },
    finish: async (request) => {
      let answer = await send(request);
      let location = answer.header("location");
      for (let waited = 0; answer.status === 202 && location !== undefined; ) {
        const next = retryAfter(answer) || pause;
        waited += next;
        if (waited > PATIENCE)
          throw failure(busy({ service, action: request.action }, 1, "the operation does not finish"));
        await wait(request.action, next);
        answer = await sendTo(linkOf(location, request), { action: request.action, method: "GET", path: [] });
        location = answer.header("location") ?? location;
      }
      return answer;
    },
  };
}

type Outcome =
  | { readonly kind: "answer"; readonly answer: AzureAnswer }
  | { readonly kind: "lost"; readonly transient: boolean; readonly problem: string; readonly hint: string | undefined };

/** After 429 and 503 nothing was done; after a lost connection or another response that is unknown. */
function mayRepeat(outcome: Outcome, repeatable: boolean): boolean {
  if (outcome.kind === "lost") return repeatable && outcome.transient;
  return repeatable || outcome.answer.status === 429 || outcome.answer.status === 503;
}

const BUSY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** TLS is required, except for 127.0.0.1. */
function checkedEndpoint(endpoint: string): { readonly origin: string; readonly insecure: boolean } {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const bare = url !== undefined && url.username === "" && url.password === "" && url.pathname === "/";
  const loopback = url?.protocol === "http:" && url.hostname === "127.0.0.1";
  if (bare && (loopback || url.protocol === "https:")) return { origin: url.origin, insecure: loopback };
  throw failure(diagnostic("endpoint-insecure", COMMAND_LINE, { endpoint }));
}

function urlOf(origin: string, { path, query = {} }: AzureRequest): string {
  const search = new URLSearchParams(query).toString();
  return `${origin}/${path.map(escapedSegment).join("/")}${search === "" ? "" : `?${search}`}`;
}

/** Escapes a name as one path segment; `.` and `..` are rejected, because they mean other folders even if escaped. */
function escapedSegment(name: string): string {
  if (/^\.{0,2}$/.test(name) || !name.isWellFormed()) {
    throw failure(diagnostic("azure-name", COMMAND_LINE, { name, what: "a resource" }));
  }
  return encodeURIComponent(name);
}

/** `code: message` of an error, in the formats of the management API and of the services behind it. */
export function problemOf(answer: AzureAnswer): string {
  const { status, body } = answer;
  if (typeof body === "string") return `HTTP ${status} ${body}`;
  const parts = [errorCodeOf(answer), textOf(errorIn(answer).message)].filter(
    (each) => each !== undefined && each !== "",
  );
  return parts.length === 0 ? `HTTP ${status}` : parts.join(": ");
}

/** The code of an error: `TriggerEnabledCannotUpdate`. */
export function errorCodeOf(answer: AzureAnswer): string | undefined {
  const { code, error_code } = errorIn(answer);
  return textOf(code) ?? textOf(error_code);
}

function errorIn({ body }: AzureAnswer): JsonObject {
  const { error } = propertiesOf(body);
  return propertiesOf(error !== undefined && isObject(error) ? error : body);
}

/** Whether a role is missing; a role does not help with other reasons for a 403, such as a policy. */
function isForbidden(answer: AzureAnswer): boolean {
  return answer.status === 403 && /authoriz|permission|forbidden/i.test(errorCodeOf(answer) ?? "forbidden");
}

/** Milliseconds that a service asks to wait. */
function retryAfter({ header }: AzureAnswer): number | undefined {
  const milliseconds = header("retry-after-ms") ?? header("x-ms-retry-after-ms");
  if (milliseconds !== undefined && /^\d+$/.test(milliseconds)) return Number(milliseconds);
  const after = header("retry-after");
  if (after === undefined) return undefined;
  if (/^\d+$/.test(after)) return Number(after) * 1000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** The claims that a service requires of the next token after it revoked this one early. */
function demandedClaims({ header }: AzureAnswer): string | undefined {
  const claims = /\bclaims="([^"]+)"/.exec(header("www-authenticate") ?? "")?.[1];
  return claims === undefined ? undefined : Buffer.from(claims, "base64").toString("utf8");
}

const NOT_JSON = Symbol("not JSON");

function parsed(text: string): Json | typeof NOT_JSON {
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}
