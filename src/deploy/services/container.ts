/**
 * Calls to the lake's container over the Blob API, which accounts with and without a hierarchical namespace speak: tried
 * again while waiting may help, and with errors that are diagnostics.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { TokenCredential } from "@azure/identity";
import { ContainerClient, RestError, StorageSharedKeyCredential } from "@azure/storage-blob";
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { codeOf, failure, isFailure, messageOf } from "../../runner/errors.ts";
import { isTransient } from "../../runner/extract/failures.ts";
import type { Owner } from "../ownership.ts";
import { type Identity, reporting } from "./credentials.ts";
import { networkProblemIn } from "./network-errors.ts";
import { busy, forbidden, refused, shellWord, tokenRefused, unreachable } from "./service-errors.ts";

export interface StorageOptions {
  /** `https://olist.blob.core.windows.net`. Tokens are sent by TLS only, on this machine too. */
  readonly url: string;
  readonly container: string;
  readonly owner: Owner;
  readonly credential: TokenCredential | StorageSharedKeyCredential;
  readonly signal: AbortSignal;
  /** Who deploys, for the command that grants a missing role. */
  identity?(): Promise<Identity | undefined>;
  /** Milliseconds that one request may take, a minute if not given. */
  readonly timeout?: number;
  /** Milliseconds before the second try. */
  readonly pause?: number;
  /** Told before each pause, in milliseconds. */
  onWait?(action: string, milliseconds: number): void;
}

/** A container, and calls to it whose errors are diagnostics. */
export interface Container {
  readonly client: ContainerClient;
  readonly owner: Owner;
  /**
   * Asks until there is an answer that waiting does not change. `action` reads on after "refused to"; `limits` in place
   * of the usual ones, for who cannot wait.
   */
  ask<T>(action: string, request: (abortSignal: AbortSignal) => Promise<T>, limits?: Limits): Promise<T>;
}

export interface Limits {
  readonly tries: number;
  /** Milliseconds for each try. */
  readonly timeout: number;
}

const SERVICE = "Storage";
const TRIES = 5;
const LONGEST_PAUSE = 30_000;

/** The role that a deployment needs on the container. */
const ROLE = "Storage Blob Data Contributor";

export function connectContainer(options: StorageOptions): Container {
  const { url, container, owner, signal, timeout = 60_000, pause = 1000, onWait } = options;
  const isKey = options.credential instanceof StorageSharedKeyCredential;
  if (!isKey && !url.startsWith("https://")) {
    throw failure(diagnostic("endpoint-insecure", COMMAND_LINE, { endpoint: url }));
  }
  const credential = isKey ? options.credential : reporting(options.credential);
  const client = new ContainerClient(`${url.replace(/\/$/, "")}/${encodeURIComponent(container)}`, credential, {
    retryOptions: { maxTries: 1 },
  });
  return {
    client,
    owner,
    ask: async (action, request, limits = { tries: TRIES, timeout }) => {
      for (let tries = 1; ; tries++) {
        try {
          return await request(AbortSignal.any([signal, AbortSignal.timeout(limits.timeout)]));
        } catch (error) {
          signal.throwIfAborted();
          if (isFailure(error) || isMistake(error)) throw error;
          if (tries >= limits.tries || !isPassing(error)) {
            throw failure(await problemOf(error, { action, tries }, options));
          }
          const next = retryAfter(error) ?? Math.min(pause * 2 ** (tries - 1), LONGEST_PAUSE);
          onWait?.(action, next);
          await sleep(next, undefined, { signal }).catch(() => signal.throwIfAborted());
        }
      }
    },
  };
}

/** Whether an error is an answer of the service with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof RestError && codes.includes(answerCode(error));
}

function answerCode(error: RestError): string {
  return error.code ?? error.response?.headers.get("x-ms-error-code") ?? String(error.statusCode);
}

const BUSY: ReadonlySet<number | undefined> = new Set([408, 429, 500, 502, 503, 504]);

/** One of ours: whatever the library and the network report has a code, or is none of these. */
function isMistake(error: unknown): boolean {
  const isOurs = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return !(error instanceof Error) || (isOurs && codeOf(error) === undefined);
}

/** Whether asking again may help. */
function isPassing(error: unknown): boolean {
  if (isTimeout(error)) return true;
  if (!(error instanceof RestError)) return isTransient(codeOf(error));
  return error.statusCode === undefined ? isTransient(codeOf(error)) : BUSY.has(error.statusCode);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}

/** Milliseconds that the service asks to wait. */
function retryAfter(error: unknown): number | undefined {
  const seconds = error instanceof RestError ? error.response?.headers.get("retry-after") : undefined;
  return seconds !== undefined && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

interface Asking {
  readonly action: string;
  readonly tries: number;
}

async function problemOf(error: unknown, { action, tries }: Asking, options: StorageOptions): Promise<Diagnostic> {
  const { url, container, identity } = options;
  const asked = { service: SERVICE, action };
  const address = `${url}/${container}`;
  if (isTimeout(error)) return unreachable(asked, address, "no answer in time");
  // The lines after the first say when and by which request.
  const words = messageOf(error);
  // Of an answer that it cannot read, the library quotes all.
  if (/occurred while parsing the response body/.test(words))
    return unreachable(asked, address, "its answer is not XML");
  if (!(error instanceof RestError) || error.statusCode === undefined) {
    return unreachable(asked, address, words, networkProblemIn(error, words)?.hint);
  }
  const problem = `${answerCode(error)}: ${words}`;
  if (BUSY.has(error.statusCode)) return busy(asked, tries, problem);
  if (error.statusCode === 401 || answerCode(error) === "AuthenticationFailed") return tokenRefused(asked, problem);
  if (error.statusCode !== 403) return refused(asked, problem);
  return forbidden(asked, problem, grantCommand(options, await identity?.()));
}

/** The account's own id is asked for by the command: of the account the program says the name only. */
function grantCommand({ url, container }: StorageOptions, who: Identity | undefined): string {
  const account = shellWord(new URL(url).hostname.split(".")[0] ?? "");
  const scope = `"$(az storage account show --name ${account} --query id --output tsv)"`;
  const below = shellWord(`/blobServices/default/containers/${container}`);
  const assignee = shellWord(who?.objectId ?? "OBJECT_ID");
  return `az role assignment create --assignee-object-id ${assignee} --role "${ROLE}" --scope ${scope}${below}`;
}
