import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { medalc } from "../support/io.ts";

it("prints the page of a diagnostic", async () => {
  const { code, out, err } = await medalc("explain config-secret");
  expect(code).toBe(EXIT.ok);
  expect(out).toMatch(/^# config-secret\n/);
  expect(err).toBe("");
});

it("prints the page as JSON", async () => {
  const { out } = await medalc("explain config-secret --json");
  expect(JSON.parse(out)).toMatchObject({ command: "explain", code: "config-secret" });
});

it("unknown-code: suggests the nearest", async () => {
  const { code, out, err } = await medalc("explain config-sceret");
  expect(code).toBe(EXIT.usage);
  expect(out).toBe("");
  expect(err).toContain("error unknown-code: no diagnostic has the code config-sceret");
  expect(err).toContain("Did you mean `config-secret`?");
});
