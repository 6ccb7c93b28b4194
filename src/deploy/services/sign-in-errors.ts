/**
 * Converts sign-in failures to diagnostics. `@azure/identity` reports nearly everything as "this kind of identity is
 * unavailable": no identity configured, a broken `az`, an expired sign-in, no network. The messages tell them apart.
 */
import { COMMAND_LINE } from "../../config/environment.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Failure, failure, messageOf } from "../../runner/errors.ts";
import { entraErrorIn, loginCommandIn } from "./entra-errors.ts";
import { isNetworkCode, networkProblemIn } from "./network-errors.ts";
import { unreachable, withoutSecrets } from "./service-errors.ts";

/** Messages of identities that are not configured on this machine. */
const NOT_SET_UP: readonly RegExp[] = [
  /^EnvironmentCredential is unavailable/,
  // Outside of Azure nothing responds at the address of the managed identity.
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

/** The tool that reported an error, recognised by its text. The default is the Azure CLI. */
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

/** @param error the error of a credential */
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
    if (isTimeout(part)) return entraUnreachable("the connection timed out");
    const network = networkProblemIn(part, text);
    if (network !== undefined && network.kind !== "unreadable") return entraUnreachable(shortened(text), network.hint);
  }
  for (const [at, text] of texts.entries()) if (isSetUp(text)) return signInBroken(text, errors[at]);
  return identityMissing();
}

/** No identity is available. Incomplete environment variables are the most common reason. */
export function identityMissing(env: NodeJS.ProcessEnv = process.env): Failure {
  const problem = diagnostic("identity-missing", COMMAND_LINE, {});
  const notes = [problem.hint ?? "", ...halfSet(env)];
  const kind = env.AZURE_TOKEN_CREDENTIALS?.trim();
  if (kind) notes.push(`AZURE_TOKEN_CREDENTIALS is \`${kind}\`: no other kinds of identities are tried.`);
  return failure({ ...problem, hint: notes.join(" ") });
}

/** Problems with the variables of a service principal or a workload identity. */
function halfSet(env: NodeJS.ProcessEnv): readonly string[] {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = env;
  if (tenant && !/^[\w.-]+$/.test(tenant)) return ["AZURE_TENANT_ID is neither a tenant ID nor a domain."];
  if (!tenant && !secret) return [];
  const proof = "AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE";
  const proven = secret || env.AZURE_CLIENT_CERTIFICATE_PATH || env.AZURE_FEDERATED_TOKEN_FILE;
  const missing = [
    ...(tenant ? [] : ["AZURE_TENANT_ID"]),
    ...(client ? [] : ["AZURE_CLIENT_ID"]),
    ...(proven ? [] : [proof]),
  ];
  return missing.length === 0 ? [] : [`The service principal's variable ${missing.join(" and ")} is not set.`];
}

function identityRefused(sentence: string, hint: string | undefined): Failure {
  const extras = hint === undefined ? {} : { hint: withoutSecrets(hint) };
  return failure(diagnostic("identity-refused", COMMAND_LINE, { problem: withoutSecrets(sentence) }, extras));
}

function entraUnreachable(problem: string, hint?: string): Failure {
  const asked = { service: "Microsoft Entra", action: "sign in" };
  return failure(
    unreachable(
      asked,
      "its address",
      problem,
      hint ?? "Check the network of this machine, and whether a proxy or a firewall blocks login.microsoftonline.com.",
    ),
  );
}

/** An identity is configured but returns no token. */
function signInBroken(text: string, error: unknown): Failure {
  const command = loginCommandIn(text);
  if (command !== undefined) return identityRefused("a new sign-in is required", command);
  const tool = TOOLS.find(([said]) => said.test(text))?.[1] ?? AZURE_CLI;
  const problem = unreadable(text, error) ? "its output contains no token" : shortened(text);
  const hint =
    tool === AZURE_CLI
      ? "`az account get-access-token` shows the error; update or reinstall the Azure CLI, or run `az login` again."
      : undefined;
  return failure(diagnostic("identity-unusable", COMMAND_LINE, { tool, problem }, hint === undefined ? {} : { hint }));
}

/** A parser error quotes its input, which may be a token. */
function unreadable(text: string, error: unknown): boolean {
  const isSyntax = error instanceof SyntaxError || /\bJSON\b/.test(text);
  return (
    text === "" ||
    isSyntax ||
    /<(?:!doctype|html)|Received output|No access token found|Unknown error while trying/i.test(text)
  );
}

const LONGEST = 1000;

/** One line without secrets; of a traceback the last line, which has the error. */
function shortened(text: string): string {
  const traceback = /Traceback \(most recent call last\)/.test(text);
  const summary = traceback ? (text.trim().split("\n").at(-1) ?? text) : text;
  const line = withoutSecrets(summary.replace(/\s*To troubleshoot, visit \S+/g, ""));
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** The errors in an aggregate error, each with its causes. */
function* partsOf(error: unknown, depth = 0): Generator<unknown> {
  if (depth > 5) return;
  const all: unknown = error instanceof Error && "errors" in error ? error.errors : undefined;
  if (Array.isArray(all) && all.length > 0) {
    for (const each of all) yield* partsOf(each, depth + 1);
    return;
  }
  yield error;
}

/** The full message of an error with its cause: the first line is often the same for all. */
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
