/** The diagnostic for an error of a source, with a hint for its cause. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzePlan, Setting, SourceObject, SourcePlan } from "../../plan/program.ts";
import { messageOf } from "../errors.ts";
import { isInvalidJson } from "../files/json-array.ts";
import { type FailureKind, isLakeFailure, ruleOf } from "./failures.ts";
import { scrubbed } from "./redact.ts";
import { type ReachedSource, secretVariable, standInFile } from "./sources.ts";

export interface Failing {
  readonly bronze: BronzePlan;
  readonly plan: SourcePlan;
  readonly source: ReachedSource;
  /** Whether medal.json replaces the source with a local folder. */
  readonly isReplaced: boolean;
  readonly lakeFolder: string;
}

/** The diagnostics with the parameters relation, source and problem. */
const CODES = {
  address: "source-address-invalid",
  host: "source-host-unknown",
  refused: "source-connection-refused",
  timeout: "source-timeout",
  tls: "source-tls-failed",
  outside: "source-outside-folder",
  login: "source-login-failed",
  access: "source-access-denied",
  database: "source-database-missing",
  unavailable: "source-unavailable",
  interrupted: "source-interrupted",
  answer: "source-answer-invalid",
  content: "source-content-unexpected",
  "column-type": "source-column-type",
  query: "source-query-failed",
  unknown: "source-unreachable",
} as const satisfies Partial<Record<FailureKind, string>>;

export function sourceDiagnostic(error: unknown, failing: Failing): Diagnostic {
  const { bronze, source } = failing;
  const relation = `bronze.${bronze.name}`;
  const problem = scrubbed(messageOf(error), source);
  if (isLakeFailure(error, failing.lakeFolder)) {
    return diagnostic("lake-access", bronze.span, { relation, problem });
  }
  if (isInvalidJson(error)) return diagnostic("source-json-invalid", bronze.span, { relation, problem });
  const { kind } = ruleOf(error);
  switch (kind) {
    case "object":
      return objectMissing(failing);
    case "column": {
      const column = bronze.columns.find(({ name }) => messageOf(error).includes(`"${name}"`));
      if (column)
        return diagnostic("source-column-missing", column.span, {
          relation,
          columns: column.name,
          place: "its source",
          found: "",
        });
      return diagnostic("source-query-failed", bronze.span, { relation, source: bronze.source, problem });
    }
    default: {
      const hint = hintFor(kind, failing);
      const params = { relation, source: bronze.source, problem };
      return diagnostic(CODES[kind], bronze.span, params, hint === undefined ? {} : { hint });
    }
  }
}

function objectMissing({ bronze, source, isReplaced }: Failing): Diagnostic {
  const params = {
    relation: `bronze.${bronze.name}`,
    object: objectText(bronze.object, source),
    source: bronze.source,
  };
  const hint = isReplaced
    ? "medal.json replaces the source with a local folder; put the file there, or fix the folder's path."
    : urlSyntaxHint(bronze, source);
  return diagnostic("source-object-missing", bronze.span, params, hint === undefined ? {} : { hint });
}

/** A hint for paths that are written like URLs. */
function urlSyntaxHint({ object }: BronzePlan, source: ReachedSource): string | undefined {
  if (source.kind !== "http" || (object.kind !== "csv" && object.kind !== "json")) return undefined;
  if (!/%[0-9a-f]{2}|[?#]/i.test(object.path)) return undefined;
  return "The path is a file name and not part of a URL: `%20`, `?` and `#` are literal characters in it. A query belongs in base_url.";
}

function objectText(object: SourceObject, source: ReachedSource): string {
  if (source.kind === "folder") return standInFile(source.folder, object).replaceAll("\\", "/");
  switch (object.kind) {
    case "csv":
    case "json":
      return object.path;
    case "table":
      return `the table ${object.schema}.${object.table}`;
    case "collection":
      return `the collection ${object.collection}`;
    default:
      return object satisfies never;
  }
}

/** A hint specific to the kind of source; undefined to use the catalogue's. */
function hintFor(kind: FailureKind, { plan, source, isReplaced }: Failing): string | undefined {
  if (source.kind === "folder") {
    const where = isReplaced ? "the folder in medal.json" : "the folder of the source";
    return kind === "access" ? `Grant your user read permission on the file, or fix ${where}.` : undefined;
  }
  switch (kind) {
    case "login":
      if (source.kind === "http")
        return "medalc does not send a user name or password over HTTP; use an address that needs no login, or one with a signature in its query.";
      return source.kind === "postgres"
        ? `Check the user and ${secretText(plan.settings.password)}.`
        : `Check the user and the password in ${secretText(plan.settings.uri)}.`;
    case "access":
      if (source.kind === "http")
        return "The server denies access to the file; a signature in base_url may have expired.";
      return source.kind === "postgres"
        ? "The user needs CONNECT on the database, USAGE on the schema, SELECT on the table, and the server's firewall and pg_hba.conf have to allow it."
        : "The user needs the role `read` on the database.";
    case "tls":
      return source.kind === "postgres"
        ? "Check that the server's certificate is valid for this host name; for a private certificate authority, set NODE_EXTRA_CA_CERTS to its certificate file. `sslmode` in the source's settings asks for less."
        : undefined;
    case "address":
      return source.kind === "mongodb" ? `Fix ${secretText(plan.settings.uri)}.` : undefined;
    default:
      return undefined;
  }
}

function secretText(setting: Setting | undefined): string {
  return setting?.kind === "secret" ? `the value of ${secretVariable(setting.name)}` : "the secret";
}
