/** What a service did instead of what it was asked, as diagnostics. Its own words are in them, secrets never. */
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { networkProblemIn } from "./network-errors.ts";

/** What was asked of whom. */
export interface Asked {
  /** As users know it: `Databricks`, `Data Factory`. */
  readonly service: string;
  /** Reads on after "refused to": `import the notebook /Shared/medalc/olist/lake`. */
  readonly action: string;
}

/** No answer at all, or none of the service: `address` is a host or an URL without a query; `hint` tells the cause. */
export function unreachable({ service }: Asked, address: string, problem: string, hint?: string): Diagnostic {
  const params = { service, address, problem: withoutSecrets(problem) };
  const known = hint ?? networkProblemIn(undefined, problem)?.hint;
  return diagnostic("service-unreachable", COMMAND_LINE, params, known === undefined ? {} : { hint: known });
}

export function tokenRefused({ service }: Asked, problem: string): Diagnostic {
  return diagnostic("service-token-refused", COMMAND_LINE, { service, problem: withoutSecrets(problem) });
}

/** `grant` is the command that gives what is missing. */
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

/** A command is no parameter: it must not be cut. */
function grantHint(grant: string): string {
  return `Let somebody who may grant it run: \`${grant}\`.`;
}

/** A text as one word of a shell's command, whatever is in it: names come from programs and directories. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // JSON web tokens, alone or in a header, whole or cut.
  [/\beyJ[\w-]*(?:\.[\w-]*){1,4}/g, "…"],
  [/\beyJ[\w-]{8,}/g, "…"],
  // Options of a command line, userinfo in an URL.
  [/(--(?:password|client-secret|federated-token|account-key|sas-token)[ =])\S+/g, "$1…"],
  [/(:\/\/[^\s/:@]*:)[^\s/@]+@/g, "$1…@"],
  [/\b(Bearer|Basic|SharedKey(?:Lite)?)\s+[^\s"',;]+/gi, "$1 …"],
  // In URLs, connection strings, JSON and SQL.
  [
    /\b(sig|signature|access_?token|refresh_?token|id_?token|(?:client_?)?assertion|client_?secret|account_?key|shared_?access_?(?:key|signature)|password|pwd|secret)("?\s*[=:]\s*)(?:N?'(?:[^']|'')*'|"[^"]*"|[^\s&;,"']+)/gi,
    "$1$2…",
  ],
];

/** Variables of the environment that hold a secret of the identity. */
const SECRET_VARIABLES = [
  ...["AZURE_CLIENT_SECRET", "AZURE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "ARM_CLIENT_SECRET"],
  ...["DATABRICKS_TOKEN", "SYSTEM_ACCESSTOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "IDENTITY_HEADER"],
];

/** A service may say again what it was sent: tokens, keys and passwords become an ellipsis. In one line. */
export function withoutSecrets(text: string): string {
  const known = SECRET_VARIABLES.flatMap((name) => process.env[name] ?? []).filter(({ length }) => length >= 4);
  const line = known
    .reduce((rest, secret) => rest.replaceAll(secret, "…"), text)
    .replace(/\s+/g, " ")
    .trim();
  return SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), line);
}
