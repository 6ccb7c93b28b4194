import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { AggregateAuthenticationError, AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { expect, it, vi } from "vitest";
import { CLOUDS, createTokens, defaultCredential, identityOf } from "../../../src/deploy/services/credentials.ts";
import { startAz } from "../../fakes/az.ts";
import { createEntra } from "../../fakes/entra.ts";
import { failureOf, told } from "./azure.ts";

const scope = CLOUDS.public.scopes.management;
const { signal } = new AbortController();

function tokensOf(getToken: () => Promise<{ token: string; expiresOnTimestamp: number } | null>) {
  return createTokens({ credential: { getToken }, scope, signal });
}

it("requests a token once for concurrent callers", async () => {
  const entra = createEntra();
  const tokens = createTokens({ credential: entra.credential, scope, signal });
  const all = await Promise.all([tokens.current(), tokens.current(), tokens.current()]);
  expect(new Set([...all, await tokens.current()]).size).toBe(1);
  expect(entra.given()).toBe(1);
});

it("renews a token before it expires", async () => {
  let given = 0;
  const tokens = tokensOf(async () => ({ token: `t${++given}`, expiresOnTimestamp: Date.now() + 60_000 }));
  expect([await tokens.current(), await tokens.current()]).toEqual(["t1", "t2"]);
});

it("replaces a rejected token once for all callers", async () => {
  const entra = createEntra();
  const tokens = createTokens({ credential: entra.credential, scope, signal });
  const first = await tokens.current();
  const [one, other] = await Promise.all([tokens.after(first), tokens.after(first)]);
  expect(one).toBe(other);
  expect(one).not.toBe(first);
  expect(await tokens.after(first)).toBe(one);
  expect(entra.given()).toBe(2);
});

it("passes on the claims that a service demands", async () => {
  const getToken = vi.fn(async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }));
  await tokensOf(getToken).after("old", '{"access_token":{}}');
  expect(getToken).toHaveBeenCalledWith(scope, expect.objectContaining({ claims: '{"access_token":{}}' }));
});

it("reports that nobody is signed in if no identity is set up", async () => {
  const unavailable = ["EnvironmentCredential is unavailable.", "Please run 'az login'."].map(
    (message) => new CredentialUnavailableError(message),
  );
  const [first] = await failureOf(
    tokensOf(() => Promise.reject(new AggregateAuthenticationError(unavailable))).current(),
  );
  expect(first).toMatchObject({
    code: "identity-missing",
    message: "no Azure identity is signed in on this machine",
    hint: expect.stringMatching(/^`az login` signs you in/),
  });
  expect(await told(tokensOf(async () => null).current())).toMatch(/^identity-missing: /);
});

it("reports Entra's reason for rejecting an identity, without secrets", async () => {
  const refused = new AuthenticationError(401, {
    error: "invalid_client",
    error_description:
      "AADSTS7000215: Invalid client secret provided. client_secret=hunter2 Trace ID: 1 Correlation ID: 2",
  });
  const message = await told(tokensOf(() => Promise.reject(refused)).current());
  expect(message).toMatch(/^identity-refused: .*AADSTS7000215: Invalid client secret provided/);
  expect(message).not.toMatch(/hunter2|Trace ID/);
  const unavailable = new CredentialUnavailableError("ManagedIdentityCredential is unavailable");
  const all = new AggregateAuthenticationError([unavailable, refused]);
  expect(await told(tokensOf(() => Promise.reject(all)).current())).toMatch(/^identity-refused: .*AADSTS7000215/);
});

it("reports that Entra cannot be reached", async () => {
  // As of the library behind a proxy that is not there.
  const description = "network_error: See https://aka.ms/msal.js.errors#network_error for details";
  const closed = new AuthenticationError(400, { error: "EnvironmentCredential", error_description: description });
  expect(await told(tokensOf(() => Promise.reject(closed)).current())).toBe(
    `service-unreachable: Microsoft Entra does not respond at its address: ${description}`,
  );
  const lost = Object.assign(new Error("getaddrinfo ENOTFOUND login.microsoftonline.com"), { code: "ENOTFOUND" });
  expect(await told(tokensOf(() => Promise.reject(lost)).current())).toMatch(
    /^service-unreachable: Microsoft Entra does not respond .*ENOTFOUND/,
  );
});

it("ends without a diagnostic when it is aborted", async () => {
  const stop = new AbortController();
  const credential = {
    getToken: async () => {
      stop.abort();
      throw new Error("The operation was aborted.");
    },
  };
  const tokens = createTokens({ credential, scope, signal: stop.signal });
  await expect(tokens.current()).rejects.toBe(stop.signal.reason);
});

it("finds an identity in each cloud, and rejects unknown kinds of identities", async () => {
  for (const cloud of ["public", "usgovernment", "china"] as const) {
    expect((await defaultCredential(cloud)).getToken).toBeTypeOf("function");
    for (const scope of Object.values(CLOUDS[cloud].scopes)) expect(scope).toMatch(/\/\.default$/);
  }
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "NoSuchCredential");
  try {
    expect(await told(defaultCredential("public"))).toMatch(/^identity-unusable: AZURE_TOKEN_CREDENTIALS /);
  } finally {
    vi.unstubAllEnvs();
  }
});

it("uses the token of the account that is signed in to the Azure CLI", async () => {
  const entra = createEntra();
  const folder = mkdtempSync(`${tmpdir()}/az-`);
  await using az = await startAz(entra, folder);
  for (const [name, value] of Object.entries(az.env)) vi.stubEnv(name, value);
  try {
    const token = await createTokens({ credential: await defaultCredential("public"), scope, signal }).current();
    expect(identityOf(token)?.objectId).toBe(entra.objectId);
    expect(entra.refusal(`Bearer ${token}`, "https://management.azure.com")).toBeUndefined();
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});

it("reads the identity from a token, and nothing from an invalid one", async () => {
  const { credential, objectId } = createEntra();
  const given = await credential.getToken(scope);
  expect(identityOf(given?.token ?? "")).toEqual({
    objectId,
    kind: "ServicePrincipal",
    name: "a9910000-0000-4000-8000-000000000001",
  });
  const user = Buffer.from(JSON.stringify({ oid: "1", upn: "ana@contoso.com" })).toString("base64url");
  expect(identityOf(`x.${user}.x`)).toEqual({ objectId: "1", kind: "User", name: "ana@contoso.com" });
  for (const text of ["", "x", "x.y.z", "x.bnVsbA.z", "x.e30.z"]) expect(identityOf(text)).toBeUndefined();
});
