/**
 * Requests to a service of Azure: tokens, retries as the service asks for them, pages, operations that go on after the
 * answer. Bodies are given as they come. What is not told here is told by the service's client: a refusal (4xx) is an
 * answer like any other.
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
  /** As users know it: `Data Factory`. */
  readonly service: string;
  /** `https://management.azure.com`. Without TLS only 127.0.0.1. */
  readonly endpoint: string;
  readonly tokens: Tokens;
  /** The command that gives an identity what the service demands of it. */
  grant(identity: Identity | undefined): string;
  readonly signal: AbortSignal;
  /** Milliseconds that one request may take, a minute if not given. */
  readonly timeout?: number;
  /** Milliseconds before the second try and between two questions whether an operation is done, where the service does not say. */
  readonly pause?: number;
  /** Told before each pause, in milliseconds: nobody should look at a silent screen. */
  onWait?(action: string, milliseconds: number): void;
}

export interface AzureRequest {
  /** Reads on after "refused to": `list the pipelines of olist-df`. */
  readonly action: string;
  readonly method: HttpMethods;
  /** The segments of the path, each as it is: it is escaped here. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Whether sending it twice does what sending it once does. True if not given, but for POST. */
  readonly repeatable?: boolean;
}

export interface AzureAnswer {
  /** Neither 401, nor 403 for want of a role, nor one that asks to try again. */
  readonly status: number;
  header(name: string): string | undefined;
  /** Undefined where there is none. */
  readonly body: Json | undefined;
}

export interface AzureHttp {
  send(request: AzureRequest): Promise<AzureAnswer>;
  /** The items of all pages of a list; or the answer that is no page. */
  list(request: AzureRequest): Promise<readonly Json[] | AzureAnswer>;
  /** Sends it and waits until what it set going has ended; the last answer. */
  finish(request: AzureRequest): Promise<AzureAnswer>;
}

/** Requests under way at a time: far from any limit, and enough to hide the way to the service. */
const AT_ONCE = 8;
const TRIES = 5;
const LONGEST_PAUSE = 30_000;
/** Milliseconds after which neither a busy service nor an operation is waited for any longer. */
const PATIENCE = 15 * 60_000;

export function createAzureHttp(options: AzureHttpOptions): AzureHttp {
  const { service, tokens, signal, timeout = 60_000, pause = 1000, onWait } = options;
  const { origin, insecure } = checkedEndpoint(options.endpoint);
  const client = createDefaultHttpClient();
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: `medalc/${VERSION}` }));
  // What goes to this machine goes through no proxy.
  if (!insecure) pipeline.addPolicy(proxyPolicy());
  const slot = createSlots(AT_ONCE);
  // When a service says to wait, all requests wait.
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
      // A service that names a time is waited for however often it does.
      const patient = waited <= PATIENCE && (demanded !== undefined || tries < TRIES);
      if (!patient || !mayRepeat(outcome, repeatable)) {
        if (outcome.kind === "lost") throw failure(unreachable(asked, origin, outcome.problem, outcome.hint));
        throw failure(busy(asked, tries, problemOf(outcome.answer)));
      }
      if (demanded !== undefined) opensAt = Math.max(opensAt, performance.now() + demanded);
      await wait(request.action, next);
    }
  };

  /** Where an answer leads: never to another server, which would get the token. */
  const linkOf = (link: string, { action }: AzureRequest): string => {
    const url = URL.canParse(link, origin) ? new URL(link, origin) : undefined;
    if (url?.origin === origin) return url.href;
    throw failure(refused({ service, action }, `its answer leads to another server, ${url?.host ?? "none"}`));
  };

  const outcomeOf = async (send: () => Promise<PipelineResponse>): Promise<Outcome> => {
    try {
      const response = await send();
      const text = response.bodyAsText ?? "";
      const body = text === "" ? undefined : parsed(text);
      if (body === NOT_JSON && response.status < 300) {
        return { kind: "lost", transient: false, problem: "its answer is not JSON", hint: undefined };
      }
      const header = (name: string): string | undefined => response.headers.get(name);
      return { kind: "answer", answer: { status: response.status, header, body: body === NOT_JSON ? text : body } };
    } catch (error) {
      // The signal of the caller is looked at elsewhere, so it was the clock.
      const timedOut = error instanceof Error && error.name === "AbortError";
      if (timedOut) {
        return { kind: "lost", transient: true, problem: `no answer for ${timeout / 1000} seconds`, hint: undefined };
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
          throw failure(refused({ service, action: request.action }, "its pages have no end"));
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
        if (waited > PATIENCE) throw failure(busy({ service, action: request.action }, 1, "it goes on without an end"));
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

/** 429 and 503 say that nothing was done; of a lost connection and of other answers nobody knows. */
function mayRepeat(outcome: Outcome, repeatable: boolean): boolean {
  if (outcome.kind === "lost") return repeatable && outcome.transient;
  return repeatable || outcome.answer.status === 429 || outcome.answer.status === 503;
}

const BUSY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Everything goes by TLS; only what stays on this machine need not. */
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

/** A name as one segment of a path; dots alone would be read as a way up, whether they are escaped or not. */
function escapedSegment(name: string): string {
  if (/^\.{0,2}$/.test(name) || !name.isWellFormed()) {
    throw failure(diagnostic("azure-name", COMMAND_LINE, { name, what: "a resource" }));
  }
  return encodeURIComponent(name);
}

/** `code: message` of an error, in the forms of the management API and of the services behind it. */
export function problemOf(answer: AzureAnswer): string {
  const { status, body } = answer;
  if (typeof body === "string") return `HTTP ${status} ${body}`;
  const told = [errorCodeOf(answer), textOf(errorIn(answer).message)].filter(
    (each) => each !== undefined && each !== "",
  );
  return told.length === 0 ? `HTTP ${status}` : told.join(": ");
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

/** A role is missing; other reasons for a 403, such as a policy, no role does away with. */
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

/** What a service demands of the next token, where it has revoked this one before its end. */
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
