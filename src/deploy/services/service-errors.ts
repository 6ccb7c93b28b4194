/** Diagnostics for failed requests. They include the service's own message, without secrets. */
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { networkProblemIn } from "./network-errors.ts";

/** The request that failed. */
export interface Asked {
  /** The name in messages: `Databricks`, `Data Factory`. */
  readonly service: string;
  /** Reads on after "refused to": `import the notebook /Shared/medalc/olist/lake`. */
  readonly action: string;
}

/** No response, or none from the service. `address`: a host or a URL without a query; `hint`: how to fix the cause. */
export function unreachable({ service }: Asked, address: string, problem: string, hint?: string): Diagnostic {
  const params = { service, address, problem: withoutSecrets(problem) };
  const known = hint ?? networkProblemIn(undefined, problem)?.hint;
  return diagnostic("service-unreachable", COMMAND_LINE, params, known === undefined ? {} : { hint: known });
}

export function tokenRefused({ service }: Asked, problem: string): Diagnostic {
  return diagnostic("service-token-refused", COMMAND_LINE, { service, problem: withoutSecrets(problem) });
}

/** `grant`: the command that grants the missing permission. */
export function forbidden({ service, action }: Asked, problem: string, grant: string): Diagnostic {
  const params = { service, action, grant, problem: withoutSecrets(problem) };
  return diagnostic("service-forbidden", COMMAND_LINE, params, { hint: grantHint(grant) });
}

export function refused({ service, action }: Asked, problem: string): Diagnostic {
  return diagnostic("service-refused", COMMAND_LINE, { service, action, problem: withoutSecrets(problem) });
}

export function busy({ service, action }: Asked, tries: number, problem: string): Diagnostic {
  return diagnostic("service-busy", COMMAND_LINE, { service, action, tries, problem: withoutSecrets(problem) });
}

/** Not a parameter of the message, because long parameters are truncated. */
function grantHint(grant: string): string {
  return `Ask an administrator to run: \`${grant}\`.`;
}

/** Quotes a text as one word of a shell command: names come from programs and directories and may contain anything. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // JSON web tokens, alone or in a header, complete or truncated.
  [/\beyJ[\w-]*(?:\.[\w-]*){1,4}/g, "…"],
  [/\beyJ[\w-]{8,}/g, "…"],
  // Command line options, userinfo in a URL.
  [/(--(?:password|client-secret|federated-token|account-key|sas-token)[ =])\S+/g, "$1…"],
  [/(:\/\/[^\s/:@]*:)[^\s/@]+@/g, "$1…@"],
  [/\b(Bearer|Basic|SharedKey(?:Lite)?)\s+[^\s"',;]+/gi, "$1 …"],
  // In URLs, connection strings, JSON and SQL.
  [
    /\b(sig|signature|access_?token|refresh_?token|id_?token|(?:client_?)?assertion|client_?secret|account_?key|shared_?access_?(?:key|signature)|password|pwd|secret)("?\s*[=:]\s*)(?:N?'(?:[^']|'')*'|"[^"]*"|[^\s&;,"']+)/gi,
    "$1$2…",
  ],
];

/** Environment variables that hold secrets of the identity. */
const SECRET_VARIABLES = [
  ...["AZURE_CLIENT_SECRET", "AZURE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "ARM_CLIENT_SECRET"],
  ...["DATABRICKS_TOKEN", "SYSTEM_ACCESSTOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "IDENTITY_HEADER"],
];

/** A service may echo its input: tokens, keys and passwords are replaced by an ellipsis. Returns one line. */
export function withoutSecrets(text: string): string {
  const known = SECRET_VARIABLES.flatMap((name) => process.env[name] ?? []).filter(({ length }) => length >= 4);
  const line = known
    .reduce((rest, secret) => rest.replaceAll(secret, "…"), text)
    .replace(/\s+/g, " ")
    .trim();
  return SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), line);
}
