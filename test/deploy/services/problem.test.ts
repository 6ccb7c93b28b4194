import { expect, it } from "vitest";
import {
  busy,
  forbidden,
  refused,
  tokenRefused,
  unreachable,
  withoutSecrets,
} from "../../../src/deploy/services/service-errors.ts";

const asked = { service: "Databricks", action: "list the folder /Shared" };
const token = "eyJ0eXAiOiJKV1Qi.eyJhdWQiOiIyZmY4In0.c2lnbmF0dXJl";

it("reports a service's message", () => {
  const problem = "PERMISSION_DENIED: no rights";
  const told = [
    unreachable(asked, "https://adb-1.azuredatabricks.net", "getaddrinfo ENOTFOUND"),
    tokenRefused(asked, "the token is expired"),
    forbidden(asked, problem, "databricks workspace update-permissions"),
    refused(asked, "RESOURCE_ALREADY_EXISTS"),
    busy(asked, 5, "HTTP 429"),
  ];
  expect(told.map(({ code, message }) => `${code}: ${message}`)).toMatchInlineSnapshot(`
    [
      "service-unreachable: Databricks does not respond at https://adb-1.azuredatabricks.net: getaddrinfo ENOTFOUND",
      "service-token-refused: Databricks rejected the access token of this identity: the token is expired",
      "service-forbidden: this identity does not have permission to list the folder /Shared in Databricks: PERMISSION_DENIED: no rights",
      "service-refused: Databricks refused to list the folder /Shared: RESOURCE_ALREADY_EXISTS",
      "service-busy: Databricks was still busy after 5 attempts to list the folder /Shared: HTTP 429",
    ]
  `);
  expect(told[2]?.hint).toBe("Ask an administrator to run: `databricks workspace update-permissions`.");
});

it("does not truncate the command that grants a missing permission", () => {
  const grant = `az role assignment create --scope ${"/subscriptions".repeat(20)}`;
  expect(forbidden(asked, "no", grant).hint).toContain(`\`${grant}\``);
});

it.each([
  [`token ${token} is expired`, "token … is expired"],
  [`Authorization: Bearer ${token}`, "Authorization: Bearer …"],
  ["SharedKey olist:abc= was wrong", "SharedKey … was wrong"],
  ["https://x/y?sv=1&sig=a%2Fb&se=2", "https://x/y?sv=1&sig=…&se=2"],
  ['{"client_secret": "s3cret", "a": 1}', '{"client_secret": …, "a": 1}'],
  ["ENCRYPTION BY PASSWORD = 'it''s'; GO", "ENCRYPTION BY PASSWORD = …; GO"],
  ["AccountKey=abc==;Endpoint=x", "AccountKey=…;Endpoint=x"],
  ["the secret scope olist\nis missing", "the secret scope olist is missing"],
])("keeps secrets out of what a service says: %s", (said, told) => {
  expect(withoutSecrets(said)).toBe(told);
  expect(unreachable(asked, "x", said).message).toContain(told);
});
