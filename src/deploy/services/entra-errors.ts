/**
 * Common sign-in errors of Microsoft Entra (`AADSTS…`), each with a hint. Other numbers are reported with Entra's own
 * message and the general hint.
 */

interface EntraErrors {
  readonly codes: readonly number[];
  readonly hint: string;
}

const ENTRA_ERRORS: readonly EntraErrors[] = [
  {
    // The session is over: inactivity, sign-in frequency, revocation, a changed password, a removed device.
    codes: [70008, 70043, 700003, 700081, 700082, 700084, 50132, 50133, 50173, 50078, 50085, 50089],
    hint: "The sign-in has expired: run `az login` again.",
  },
  {
    // Multi-factor authentication.
    codes: [50072, 50074, 50076, 50079, 50158, 53004],
    hint: "Multi-factor authentication is required: run `az login --tenant TENANT` and complete it; in CI use a service principal or a workload identity.",
  },
  {
    // Conditional access.
    codes: [50005, 53000, 53001, 53002, 53003, 53011, 530003, 530031, 530032, 530033],
    hint: "A conditional access policy blocks this sign-in: sign in from a device and network that the policy allows, or ask the tenant's administrator.",
  },
  { codes: [50126], hint: "The user name or password is wrong: run `az login` again." },
  { codes: [50055], hint: "The password has expired: change it, then run `az login` again." },
  {
    codes: [50053, 50057],
    hint: "The account is locked or disabled: ask the tenant's administrator to unblock it.",
  },
  {
    codes: [50020, 50034, 90072],
    hint: "The account does not exist in this tenant: sign in to the right one with `az login --tenant TENANT`, or have the account invited.",
  },
  {
    codes: [65001, 65004, 50105],
    hint: "The tenant's administrator has to consent to the application or assign the account to it.",
  },
  {
    codes: [7000222],
    hint: "The client secret has expired: create a new one with `az ad app credential reset --id APPLICATION_ID` and set AZURE_CLIENT_SECRET to it.",
  },
  {
    codes: [7000215],
    hint: "The client secret is wrong: AZURE_CLIENT_SECRET takes the value of the secret, not its id.",
  },
  {
    codes: [7000216, 7000218],
    hint: "The application needs a secret, a certificate or a federated token: set AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE.",
  },
  {
    codes: [700027, 700030, 700023],
    hint: "The certificate is not registered for the application or has expired: upload it with `az ad app credential reset --id APPLICATION_ID --cert @FILE --append`.",
  },
  {
    codes: [700016, 7000229, 700025],
    hint: "The tenant has no such application: compare AZURE_CLIENT_ID and AZURE_TENANT_ID with the app registration; `az ad sp create --id APPLICATION_ID` creates its service principal.",
  },
  { codes: [7000112], hint: "The application is disabled: ask the tenant's administrator to enable it." },
  {
    codes: [50194],
    hint: "The application belongs to another tenant: set AZURE_TENANT_ID to the tenant that it is registered in.",
  },
  {
    codes: [70021, 700211, 700212, 700213, 700223, 7002138],
    hint: "No federated credential of the application matches the token of this job: issuer, subject (repository, branch or environment) and audience have to be equal. `az ad app federated-credential list --id APPLICATION_ID` shows them.",
  },
  {
    codes: [700024, 700022, 500133],
    hint: "The token that proves the identity is not valid at this time: check the clock of this machine, and restart the job if it has been running for long.",
  },
  {
    codes: [90002, 900021, 900023, 50059],
    hint: 'The tenant does not exist: check AZURE_TENANT_ID, or run `az login --tenant TENANT`. `az account list --query "[].tenantId" --output tsv` prints those you can sign in to.',
  },
  {
    codes: [500011, 500014, 650057],
    hint: "The tenant does not have the requested service, or has disabled it: check that the subscription belongs to this tenant and that `cloud` in medal.json is correct.",
  },
  {
    codes: [90033, 90024, 50196, 90020, 50097],
    hint: "Microsoft Entra is busy or throttling requests: try again in a few minutes.",
  },
];

const HINTS: ReadonlyMap<string, string> = new Map(
  ENTRA_ERRORS.flatMap(({ codes, hint }) => codes.map((code) => [String(code), hint] as const)),
);

/** All listed numbers, for tests. */
export const ENTRA_CODES: readonly string[] = [...HINTS.keys()];

export interface EntraError {
  /** `AADSTS700082: The refresh token has expired due to inactivity.` */
  readonly sentence: string;
  /** Undefined for a number that is not listed. */
  readonly hint: string | undefined;
}

/** The first Entra error in a text, without the support numbers that follow it. */
export function entraErrorIn(text: string): EntraError | undefined {
  const found = /AADSTS(\d+)\b[\s\S]*?(?=\\r|\\n|["\r\n]|\s*(?:Trace ID|Correlation ID|Timestamp):|$)/.exec(text);
  if (found === null) return undefined;
  const [sentence, code = ""] = found;
  return { sentence, hint: loginCommandIn(text) ?? HINTS.get(code) };
}

/** The command that the Azure CLI suggests for this error, with the tenant and the scope. */
export function loginCommandIn(text: string): string | undefined {
  const command = /\baz login --(?:tenant|scope|claims-challenge)[^\r\n`]*/.exec(text)?.[0];
  return command === undefined ? undefined : `Run \`${command.trim()}\`.`;
}
