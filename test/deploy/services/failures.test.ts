/**
 * Whatever a credential, the network or a server throws is a diagnostic with a page, a way out and no secret: each class of
 * error at each place where it can come up, and in each command that asks for tokens.
 */
import { chmodSync, copyFileSync, existsSync } from "node:fs";
import http, { ClientRequest } from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import {
  AggregateAuthenticationError,
  AuthenticationError,
  AuthenticationRequiredError,
  CredentialUnavailableError,
  type TokenCredential,
} from "@azure/identity";
import { afterEach, expect, it, vi } from "vitest";
import { createAzureHttp } from "../../../src/deploy/services/azure-http.ts";
import { connectContainer } from "../../../src/deploy/services/container.ts";
import { createTokens, defaultCredential } from "../../../src/deploy/services/credentials.ts";
import { ENTRA_CODES } from "../../../src/deploy/services/entra-errors.ts";
import { NETWORK_CODES } from "../../../src/deploy/services/network-errors.ts";
import { createSqlServer } from "../../../src/deploy/services/sql-server.ts";
import { createStorage } from "../../../src/deploy/services/storage.ts";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { createEntra } from "../../fakes/entra.ts";
import { medalc, temporaryFolder } from "../../support/io.ts";
import { root } from "../../support/paths.ts";
import { failureOf } from "./azure.ts";

const given = vi.hoisted(() => ({ credential: undefined as TokenCredential | undefined }));
vi.mock("../../../src/deploy/services/credentials.ts", async (original) => {
  const module = await original<typeof import("../../../src/deploy/services/credentials.ts")>();
  return {
    ...module,
    defaultCredential: async (cloud: "public") => given.credential ?? module.defaultCredential(cloud),
  };
});
afterEach(() => {
  given.credential = undefined;
  vi.unstubAllEnvs();
});

const SECRET = "hunter2-S3cret";
const TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL3N0b3JhZ2UifQ.c2lnbmF0dXJl";
const scope = "https://management.azure.com/.default";
const { signal } = new AbortController();

function unavailable(message: string): CredentialUnavailableError {
  return new CredentialUnavailableError(message);
}

function entra(code: string | number): string {
  return `AADSTS${code}: Something is wrong. client_secret=${SECRET} Trace ID: 1 Correlation ID: 2 Timestamp: 3`;
}

const NOBODY = [
  unavailable("EnvironmentCredential is unavailable. No underlying credential could be used."),
  unavailable("ManagedIdentityCredential: Network unreachable. Message: network_error: See https://aka.ms/msal"),
  unavailable("Azure CLI could not be found. Please visit https://aka.ms/azure-cli"),
  unavailable("Error: Unable to execute PowerShell. Ensure that it is installed in your system."),
  unavailable("Azure Developer CLI couldn't be found."),
];
const after = (...errors: readonly Error[]) =>
  new AggregateAuthenticationError([...NOBODY.slice(0, 2), ...errors], "x");

/** What a credential throws or gives, and the code that it is reported with. */
const CREDENTIALS: Readonly<
  Record<string, { readonly error?: unknown; readonly token?: unknown; readonly code: string }>
> = {
  "nobody is signed in": { error: new AggregateAuthenticationError(NOBODY, "x"), code: "identity-missing" },
  "one kind, not signed in": {
    error: unavailable("Please run 'az login' from a command prompt"),
    code: "identity-missing",
  },
  "no token": { token: null, code: "identity-missing" },
  "an expired login of az": {
    error: after(
      unavailable(
        `ERROR: ${entra(700082)}\nInteractive authentication is needed. Please run:\naz login --tenant "t" --scope "https://x//.default"`,
      ),
    ),
    code: "identity-refused",
  },
  "multi-factor authentication": { error: unavailable(`ERROR: ${entra(50076)}`), code: "identity-refused" },
  "a refused secret": {
    error: new AuthenticationError(401, { error: "invalid_client", error_description: entra(7000215) }),
    code: "identity-refused",
  },
  "a sign-in that is required": {
    error: new AuthenticationRequiredError({ scopes: [scope], message: `invalid_grant: ${entra(50173)}` }),
    code: "identity-refused",
  },
  "a body that is no JSON": {
    error: new AuthenticationError(502, "<html>bad gateway</html>"),
    code: "identity-unusable",
  },
  "a body without anything": { error: new AuthenticationError(500, undefined as never), code: "identity-unusable" },
  "claims that az cannot meet": {
    error: unavailable(
      "This credential doesn't support claims challenges. run: az login --claims-challenge YQ== --scope x",
    ),
    code: "identity-refused",
  },
  "a broken az": {
    error: after(
      unavailable(
        `Traceback (most recent call last):\n  File "az", line 3\nModuleNotFoundError: No module named 'azure'`,
      ),
    ),
    code: "identity-unusable",
  },
  "an az that prints a token and more": {
    error: after(unavailable(`Unexpected token 'W', "WARNING ${TOKEN}" is not valid JSON`)),
    code: "identity-unusable",
  },
  "a PowerShell that prints a token": {
    error: unavailable(`Error: Unable to parse the output of PowerShell. Received output: ${TOKEN}`),
    code: "identity-unusable",
  },
  "an az that gives no token": { token: { expiresOnTimestamp: Date.now() + 1e6 }, code: "identity-unusable" },
  "an az that gives no time": { token: { token: TOKEN, expiresOnTimestamp: Number.NaN }, code: "identity-unusable" },
  "a certificate that is not there": {
    error: new AuthenticationError(400, {
      error: "EnvironmentCredential authentication failed.",
      error_description: "ENOENT: no such file or directory, open '/nowhere/certificate.pem'",
    }),
    code: "identity-unusable",
  },
  "no network, by MSAL": {
    error: new AuthenticationError(400, { error: "x", error_description: "network_error: See https://aka.ms/msal.js" }),
    code: "service-unreachable",
  },
  "no network, by az": {
    error: after(
      unavailable(
        "ERROR: HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded (Caused by NameResolutionError('getaddrinfo failed'))",
      ),
    ),
    code: "service-unreachable",
  },
  "a proxy that opens TLS, by az": {
    error: unavailable(
      "ERROR: SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))",
    ),
    code: "service-unreachable",
  },
  "no answer": {
    error: Object.assign(new Error("The operation was aborted."), { name: "AbortError" }),
    code: "service-unreachable",
  },
  "an error with a secret in it": {
    error: new Error(`login --password ${SECRET} at https://me:${SECRET}@host failed with Bearer ${TOKEN}`),
    code: "identity-unusable",
  },
  "an error without a message": { error: new Error(""), code: "identity-unusable" },
  "what is no error": { error: "no", code: "identity-unusable" },
};

function credentialFor({ error, token }: { readonly error?: unknown; readonly token?: unknown }): TokenCredential {
  // A credential of the library gives what its types say; `az` prints what it likes.
  return { getToken: async () => (error === undefined ? (token as null) : Promise.reject(error)) };
}

function judge({ code, message, hint }: Diagnostic): void {
  expect(existsSync(`${root}/docs/diagnostics/${code}.md`), code).toBe(true);
  expect(hint, `${code}: ${message}`).toMatch(/\S/);
  expect(`${message} ${hint}`).not.toMatch(new RegExp(`${SECRET}|eyJ|Trace ID|^ +at |node_modules|<html`, "m"));
}

it.each(Object.entries(CREDENTIALS))("%s is reported by everything that requests a token", async (_, thrown) => {
  const credential = credentialFor(thrown);
  const container = {
    url: "https://olist.blob.core.windows.net",
    container: "olist",
    owner: { project: "olist", environment: "prod" },
    credential,
    signal,
  };
  const asked = [
    createTokens({ credential, scope, signal }).current(),
    createTokens({ credential, scope, signal }).after("old", "{}"),
    createStorage(connectContainer({ ...container, pause: 1 })).read([]),
  ];
  for (const call of asked) {
    const [first, ...others] = await failureOf(call);
    expect([first?.code, others]).toEqual([thrown.code, []]);
    if (first !== undefined) judge(first);
  }
});

const AZURE = { subscription: "00000000-0000-0000-0000-000000000000", resource_group: "shop" };
const PARAMS = {
  storage_account: "shopdev",
  databricks_resource_id: `/subscriptions/${AZURE.subscription}/resourceGroups/shop/providers/Microsoft.Databricks/workspaces/shop`,
  databricks_workspace: "https://adb-1234567890123456.7.azuredatabricks.net",
  synapse_workspace: "shop-dev",
};

it.each(Object.entries(CREDENTIALS))(
  "%s is not reported as a bug by any command",
  { timeout: 120_000 },
  async (_, thrown) => {
    const medal = JSON.stringify({ environments: { dev: { params: PARAMS, azure: AZURE } } });
    const folder = temporaryFolder({ "medal.json": medal });
    for (const line of ["plan", "deploy --yes", "destroy --yes", "doctor", "plan --json"]) {
      given.credential = credentialFor(thrown);
      const path = `${root}/examples/starter/my_shop.medal`;
      copyFileSync(path, `${folder}/shop.medal`);
      const { code, out, err } = await medalc(line, { folder });
      expect(code, `${line}\n${out}${err}`).toBe(1);
      expect(`${out}${err}`, line).toContain(thrown.code);
      expect(`${out}${err}`, line).not.toMatch(new RegExp(`${SECRET}|eyJ|because of a bug|^    at `, "m"));
      // One mistake, one message.
      if (line === "doctor") expect(err.match(/^error /gm)).toHaveLength(1);
    }
  },
);

it("every listed error of Entra has its own hint, every other its message", async () => {
  for (const code of [...ENTRA_CODES, "999999"]) {
    const [problem] = await failureOf(
      createTokens({ credential: credentialFor({ error: unavailable(entra(code)) }), scope, signal }).current(),
    );
    expect(problem?.message).toContain(`AADSTS${code}: Something is wrong`);
    if (problem !== undefined) judge(problem);
  }
});

it("names the missing variables of a service principal", async () => {
  const hintWith = async (variables: Readonly<Record<string, string>>): Promise<string | undefined> => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const [problem] = await failureOf(
      createTokens({ credential: credentialFor({ token: null }), scope, signal }).current(),
    );
    vi.unstubAllEnvs();
    return problem?.hint;
  };
  expect(await hintWith({ AZURE_TENANT_ID: "contoso.com", AZURE_CLIENT_ID: "x" })).toContain("AZURE_CLIENT_SECRET, ");
  expect(await hintWith({ AZURE_CLIENT_SECRET: "x", AZURE_CLIENT_ID: "x" })).toContain("AZURE_TENANT_ID is not set");
  expect(await hintWith({ AZURE_TENANT_ID: "no tenant" })).toContain("neither a tenant ID nor a domain");
  expect(await hintWith({ AZURE_TOKEN_CREDENTIALS: "dev" })).toContain("AZURE_TOKEN_CREDENTIALS is `dev`");
});

/** What an `az` does in place of printing a token. */
const AZ: Readonly<Record<string, readonly [script: string, code: string]>> = {
  "prints nothing": ["exit 0", "identity-unusable"],
  "is not signed in": ["echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1", "identity-missing"],
  "has an expired sign-in": [`echo 'ERROR: ${entra(700082)}' >&2; exit 1`, "identity-refused"],
  "wants a second factor": [
    `echo 'AADSTS50076: use multi-factor authentication. Trace ID: 1\naz login --scope https://x/.default' >&2; exit 1`,
    "identity-refused",
  ],
  "prints HTML": ["echo '<html></html>'", "identity-unusable"],
  "prints JSON that is none of a token": ["echo '[]'", "identity-unusable"],
  "prints null": ["echo null", "identity-unusable"],
  "prints a token without an end": [`echo '{"accessToken":"${TOKEN}"}'`, "identity-unusable"],
  "prints a time without a token": [`echo '{"expires_on":99999999999}'`, "identity-unusable"],
  "is killed": ["kill -9 $$", "identity-unusable"],
  crashes: ["echo 'Traceback (most recent call last):\n  x\nImportError: libssl' >&2; exit 2", "identity-unusable"],
  "has no network": [
    "echo 'ERROR: Failed to establish a new connection: Name or service not known' >&2; exit 1",
    "service-unreachable",
  ],
  // The shell says that there is no such program.
  "needs a Python that is not there": ["#!/nowhere/python\n", "identity-missing"],
};

it.each(Object.entries(AZ))("an az that %s", async (_, [script, code]) => {
  const folder = temporaryFolder({ az: script.startsWith("#!") ? script : `#!/bin/sh\n${script}\n` });
  chmodSync(`${folder}/az`, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential");
  const [problem] = await failureOf(
    createTokens({ credential: await defaultCredential("public"), scope, signal }).current(),
  );
  expect(problem?.code, problem?.message).toBe(code);
  if (problem !== undefined) judge(problem);
});

/** Every connection that this process opens breaks with this error. */
function breakNetwork(error: Error): Disposable {
  const originals = [http.request, https.request, net.connect, net.createConnection] as const;
  const request = (): ClientRequest => {
    const broken = new ClientRequest({ host: "127.0.0.1", port: 9, createConnection: () => new net.Socket() });
    process.nextTick(() => broken.destroy(error));
    return broken;
  };
  const connect = (): net.Socket => {
    const socket = new net.Socket();
    process.nextTick(() => socket.destroy(error));
    return socket;
  };
  Object.assign(http, { request });
  Object.assign(https, { request });
  Object.assign(net, { connect, createConnection: connect });
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      Object.assign(http, { request: originals[0] });
      Object.assign(https, { request: originals[1] });
      Object.assign(net, { connect: originals[2], createConnection: originals[3] });
      syncBuiltinESMExports();
    },
  };
}

it.each([...new Set([...NETWORK_CODES, "ESOMETHING"])])("%s while connecting to any service", async (code) => {
  const error = Object.assign(new Error(`connect ${code} 10.0.0.1:443 Bearer ${TOKEN}`), { code, syscall: "connect" });
  const { credential } = createEntra();
  const tokens = createTokens({ credential, scope, signal });
  const usual = { signal, pause: 1, timeout: 2000 };
  const grant = (): string => "";
  const rest = createAzureHttp({
    ...usual,
    service: "Data Factory",
    endpoint: "https://management.azure.com",
    tokens,
    grant,
  });
  const sql = createSqlServer({ ...usual, service: "Synapse", server: "127.0.0.1", tokens, grant });
  const storage = connectContainer({
    ...usual,
    url: "https://olist.blob.core.windows.net",
    container: "olist",
    owner: { project: "olist", environment: "prod" },
    credential,
  });
  using _broken = breakNetwork(error);
  const calls = {
    rest: () => rest.send({ action: "list", method: "GET", path: ["x"] }),
    storage: () => createStorage(storage).read([]),
    sql: () => sql.send({ action: "list", database: "master", text: "SELECT 1" }),
  };
  for (const [what, call] of Object.entries(calls)) {
    const [problem] = await failureOf(call());
    expect(problem?.code, `${what}: ${problem?.message}`).toBe("service-unreachable");
    if (problem !== undefined) judge(problem);
  }
});
