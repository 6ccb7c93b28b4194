/**
 * Why there is no token, as a diagnostic. `@azure/identity` reports nearly everything as "this kind of identity is
 * unavailable": that nobody has set one up, that `az` is broken, that a sign-in has expired and that there is no network.
 * What they say tells them apart.
 */
import { COMMAND_LINE } from "../../config/environment.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Failure, failure, messageOf } from "../../runner/errors.ts";
import { entraErrorIn, loginCommandIn } from "./entra-errors.ts";
import { isNetworkCode, networkProblemIn } from "./network-errors.ts";
import { unreachable, withoutSecrets } from "./service-errors.ts";

/** What a kind of identity says that nobody has set up on this machine. */
const NOT_SET_UP: readonly RegExp[] = [
  /^EnvironmentCredential is unavailable/,
  // Outside of Azure nobody answers at the address of the managed identity.
  /^ManagedIdentityCredential: (?:Network unreachable|Authentication failed\. Message (?:network_error|.*Identity not found))/,
  /IMDS endpoint, but it is not available/,
  /^Visual Studio Code Authentication is not available/,
  /^Azure CLI could not be found/,
  /^Please run 'az login'/,
  /Unable to execute PowerShell/,
  /^Please run 'Connect-AzAccount'/,
  /^The 'Az\.Account' module/,
  /^Azure Developer CLI couldn't be found/,
  /^Please run 'azd auth login'/,
  /^Failed to retrieve a valid token/,
];

/** Who says it, where the text tells; the Azure CLI's own words come as they are. */
const TOOLS: readonly (readonly [said: RegExp, tool: string])[] = [
  [/AZURE_TOKEN_CREDENTIALS/, "AZURE_TOKEN_CREDENTIALS"],
  [/^EnvironmentCredential|AZURE_CLIENT|CERTIFICATE|tenant id/i, "the identity that the AZURE_… variables describe"],
  [/^WorkloadIdentityCredential/, "the workload identity"],
  [/^ManagedIdentityCredential|managed identity/i, "the managed identity"],
  [/Visual Studio Code/, "Visual Studio Code"],
  [/PowerShell/i, "Azure PowerShell"],
  [/\bazd\b|Azure Developer CLI|"consoleMessage"/, "the Azure Developer CLI (`azd`)"],
];
const AZURE_CLI = "the Azure CLI (`az`)";

/** @param error what a credential rejected with */
export function signInFailure(error: unknown): Failure {
  const errors = [...partsOf(error)];
  const texts = errors.map(textOf);
  for (const text of texts) {
    const refused = entraErrorIn(text);
    if (refused !== undefined) return identityRefused(refused.sentence, refused.hint);
  }
  const isSetUp = (text: string): boolean => !NOT_SET_UP.some((pattern) => pattern.test(text));
  for (const [at, text] of texts.entries()) {
    const part = errors[at];
    if (!isSetUp(text)) continue;
    if (isTimeout(part)) return noWayToEntra("no answer in time");
    const network = networkProblemIn(part, text);
    if (network !== undefined && network.kind !== "unreadable") return noWayToEntra(shortened(text), network.hint);
  }
  for (const [at, text] of texts.entries()) if (isSetUp(text)) return signInBroken(text, errors[at]);
  return identityMissing();
}

/** The machine offers no identity. What the environment says half is most often why. */
export function identityMissing(env: NodeJS.ProcessEnv = process.env): Failure {
  const problem = diagnostic("identity-missing", COMMAND_LINE, {});
  const notes = [problem.hint ?? "", ...halfSet(env)];
  const kind = env.AZURE_TOKEN_CREDENTIALS?.trim();
  if (kind) notes.push(`AZURE_TOKEN_CREDENTIALS is \`${kind}\`: no other kind of identity is tried.`);
  return failure({ ...problem, hint: notes.join(" ") });
}

/** What keeps the variables of a service principal or a workload identity from being used. */
function halfSet(env: NodeJS.ProcessEnv): readonly string[] {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = env;
  if (tenant && !/^[\w.-]+$/.test(tenant)) return ["AZURE_TENANT_ID is neither the id of a tenant nor a domain."];
  if (!tenant && !secret) return [];
  const proof = "AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE";
  const proven = secret || env.AZURE_CLIENT_CERTIFICATE_PATH || env.AZURE_FEDERATED_TOKEN_FILE;
  const missing = [
    ...(tenant ? [] : ["AZURE_TENANT_ID"]),
    ...(client ? [] : ["AZURE_CLIENT_ID"]),
    ...(proven ? [] : [proof]),
  ];
  return missing.length === 0 ? [] : [`Of the service principal's variables ${missing.join(" and ")} is not set.`];
}

function identityRefused(sentence: string, hint: string | undefined): Failure {
  const extras = hint === undefined ? {} : { hint: withoutSecrets(hint) };
  return failure(diagnostic("identity-refused", COMMAND_LINE, { problem: withoutSecrets(sentence) }, extras));
}

function noWayToEntra(problem: string, hint?: string): Failure {
  const asked = { service: "Microsoft Entra", action: "sign in" };
  return failure(
    unreachable(
      asked,
      "its address",
      problem,
      hint ??
        "See whether this machine has a network, and whether a proxy or a firewall keeps it from login.microsoftonline.com.",
    ),
  );
}

/** Something is set up and gives no token. */
function signInBroken(text: string, error: unknown): Failure {
  const command = loginCommandIn(text);
  if (command !== undefined) return identityRefused("another sign-in is demanded", command);
  const tool = TOOLS.find(([said]) => said.test(text))?.[1] ?? AZURE_CLI;
  const problem = unreadable(text, error) ? "its answer holds no token" : shortened(text);
  const hint =
    tool === AZURE_CLI
      ? "`az account get-access-token` shows the error; update or reinstall the Azure CLI, or run `az login` again."
      : undefined;
  return failure(diagnostic("identity-unusable", COMMAND_LINE, { tool, problem }, hint === undefined ? {} : { hint }));
}

/** A parser quotes what it could not read, which may be a token. */
function unreadable(text: string, error: unknown): boolean {
  const isSyntax = error instanceof SyntaxError || /\bJSON\b/.test(text);
  return (
    text === "" ||
    isSyntax ||
    /<(?:!doctype|html)|Received output|No access token found|Unknown error while trying/i.test(text)
  );
}

const LONGEST = 1000;

/** In one line, without secrets, of a traceback the last line, where it says what went wrong. */
function shortened(text: string): string {
  const traceback = /Traceback \(most recent call last\)/.test(text);
  const told = traceback ? (text.trim().split("\n").at(-1) ?? text) : text;
  const line = withoutSecrets(told.replace(/\s*To troubleshoot, visit \S+/g, ""));
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** The errors that an error gathers, each with those that caused it. */
function* partsOf(error: unknown, depth = 0): Generator<unknown> {
  if (depth > 5) return;
  const all: unknown = error instanceof Error && "errors" in error ? error.errors : undefined;
  if (Array.isArray(all) && all.length > 0) {
    for (const each of all) yield* partsOf(each, depth + 1);
    return;
  }
  yield error;
}

/** What an error says, whole: its first line is often the same for all. */
function textOf(error: unknown): string {
  const description: unknown = Object(Object(error).errorResponse).errorDescription;
  if (typeof description === "string") return description;
  if (!(error instanceof Error)) return typeof error === "string" ? error : "";
  const cause = error.cause === undefined ? "" : messageOf(error.cause);
  const own = error.message.replace(/^(?:\w*Error: )+/, "");
  return cause === "" || own.includes(cause) ? own : `${own}: ${cause}`;
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "AbortError" || error.name === "TimeoutError" || isNetworkCode(error, "ETIMEDOUT"))
  );
}
