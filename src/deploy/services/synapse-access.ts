/**
 * The database user of the data factory's identity. `FROM EXTERNAL PROVIDER` looks the name up in Entra ID: for a user who
 * deploys with that user's rights, for a service principal with those of the Synapse workspace's identity, which by default
 * has none. Creating the user by its application ID needs no lookup.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { quoteName, quoteText } from "../../codegen/shared/tsql.ts";
import { userStatement } from "../../codegen/synapse/statements.ts";
import { COMMAND_LINE } from "../../config/environment.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { failure } from "../../runner/errors.ts";
import type { Outcome } from "./access-outcome.ts";
import type { Identity } from "./credentials.ts";
import { withoutSecrets } from "./service-errors.ts";
import type { SqlServer } from "./sql-server.ts";

/** The principal does not exist (yet), or several have its name. */
const NOT_FOUND = 33130;
const DUPLICATE = 33131;
/** The workspace's identity may not ask Microsoft Graph, or there is none. */
const NO_LOOKUP: ReadonlySet<number> = new Set([33134, 37353]);

/** Entra ID takes up to some minutes to know a new identity everywhere. */
const TRIES = 8;
const LONGEST_PAUSE = 30_000;

export interface CreateUser {
  readonly server: SqlServer;
  readonly database: string;
  readonly name: string;
  /** The application ID of the identity; undefined if it is not known. */
  applicationId(): Promise<string | undefined>;
  readonly signal: AbortSignal;
  /** Milliseconds before the first retry. */
  readonly pause: number;
  onWait?(action: string, milliseconds: number): void;
}

/** Creates the user, by its name or else by its application ID; retries while Entra ID does not know a new identity yet. */
export async function createUser(options: CreateUser): Promise<void> {
  const { server, database, name, signal, pause, onWait } = options;
  const action = `write the user ${name}`;
  for (let tries = 1; ; tries++) {
    const refused = await server.attempt({ action, database, text: userStatement(name) });
    if (refused === undefined) return;
    const { number, problem } = refused;
    if (number !== NOT_FOUND && number !== DUPLICATE && !NO_LOOKUP.has(number)) throw failure(refused.diagnostic);
    const applicationId = await options.applicationId();
    if (applicationId !== undefined) {
      const text = userStatement(name, sidOf(applicationId));
      const second = await server.attempt({ action, database, text });
      if (second === undefined) return;
      throw failure(unresolved(name, `${problem}; by its application ID: ${second.problem}`));
    }
    if (number !== NOT_FOUND || tries === TRIES) throw failure(unresolved(name, problem));
    const next = Math.min(pause * 2 ** (tries - 1), LONGEST_PAUSE);
    onWait?.(action, next);
    await sleep(next, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function unresolved(name: string, problem: string) {
  return diagnostic("synapse-user-unresolved", COMMAND_LINE, { name, problem: withoutSecrets(problem) });
}

/** The SID that SQL knows an application by: its ID as `uniqueidentifier` stores it, `0x…`. */
export function sidOf(applicationId: string): string {
  const [a = "", b = "", c = "", d = "", e = ""] = applicationId.split("-");
  const swapped = [a, b, c].map((part) => (part.match(/../g) ?? []).reverse().join(""));
  return `0x${[...swapped, d, e].join("").toUpperCase()}`;
}

export interface FactoryUserOptions {
  readonly server: SqlServer;
  readonly database: string;
  readonly factory: string;
  readonly role: string;
  applicationId(): Promise<string | undefined>;
  /** Who deploys. */
  identity(): Promise<Identity | undefined>;
}

/** Whether the user is there for this identity and in the role; or whether a deployment can create it. */
export async function checkFactoryUser(options: FactoryUserOptions): Promise<Outcome> {
  const { server, database, factory, role } = options;
  const exists = `SELECT name FROM sys.databases WHERE name = ${quoteText(database)};\n`;
  const [there] = await server.send({ action: `show the database ${database}`, database: "master", text: exists });
  const action = `read the user ${factory}`;
  const rows = there === undefined ? [] : await server.send({ action, database, text: userQuery(factory, role) });
  const [user] = rows;
  const applicationId = await options.applicationId();
  if (user === undefined) return creatable(options, applicationId);
  if (applicationId !== undefined && user.sid?.toUpperCase() !== sidOf(applicationId).toUpperCase()) {
    return {
      kind: "missing",
      what: `a user in ${database}`,
      problem: `the user ${factory} there belongs to an earlier identity of the same name`,
      grant: `USE ${quoteName(database)}; DROP USER ${quoteName(factory)};`,
    };
  }
  if (user.member === null) return { kind: "unknown", problem: `the next deployment adds it to the role ${role}` };
  return { kind: "fine", detail: `${factory} in the role ${role} of ${database}` };
}

function userQuery(name: string, role: string): string {
  return `SELECT CONVERT(varchar(100), u.sid, 1) AS sid, r.name AS member
FROM sys.database_principals AS u
LEFT JOIN sys.database_role_members AS m ON m.member_principal_id = u.principal_id
LEFT JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id AND r.name = ${quoteText(role)}
WHERE u.name = ${quoteText(name)}
ORDER BY r.name DESC;
`;
}

async function creatable(
  { factory, identity }: FactoryUserOptions,
  applicationId: string | undefined,
): Promise<Outcome> {
  const who = await identity();
  const ready = "does not exist yet; the deployment creates it";
  if (who?.kind !== "ServicePrincipal" || applicationId !== undefined) return { kind: "fine", detail: ready };
  return {
    kind: "unknown",
    problem: `${factory} does not exist yet, and this service principal can create it only if the workspace's identity has Directory Readers or the identity's application ID can be read`,
  };
}
