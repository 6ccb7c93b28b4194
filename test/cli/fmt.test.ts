import { chmodSync, readFileSync, statSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { medalc, temporaryFolder } from "../support/io.ts";

const UGLY = "silver orders{from bronze.orders\n   distinct}\n";
const PRETTY = "silver orders {\n  from bronze.orders\n  distinct\n}\n";
const BROKEN = "silver orders { from \n";

it("rewrites files that are not formatted, and lists them", async () => {
  const folder = temporaryFolder({ "a.medal": UGLY, "deeper/b.medal": PRETTY });
  chmodSync(`${folder}/a.medal`, 0o640);
  expect(await medalc("fmt", { folder })).toEqual({ code: EXIT.ok, out: "a.medal\n", err: "1 file of 2 changed\n" });
  expect(readFileSync(`${folder}/a.medal`, "utf8")).toBe(PRETTY);
  expect(statSync(`${folder}/a.medal`).mode & 0o777).toBe(0o640);
  expect(await medalc("fmt a.medal deeper", { folder })).toMatchObject({ code: EXIT.ok, out: "" });
});

it("--check changes nothing and exits with 2 if something would change", async () => {
  const folder = temporaryFolder({ "a.medal": UGLY });
  expect(await medalc("fmt --check", { folder })).toEqual({
    code: EXIT.changes,
    out: "a.medal\n",
    err: "1 file of 1 would change\n",
  });
  expect(readFileSync(`${folder}/a.medal`, "utf8")).toBe(UGLY);
  await medalc("fmt", { folder });
  expect(await medalc("fmt --check", { folder })).toMatchObject({ code: EXIT.ok, out: "" });
});

it("--diff shows what would change", async () => {
  const folder = temporaryFolder({ "a.medal": UGLY });
  const { code, out } = await medalc("fmt --diff", { folder });
  expect(code).toBe(EXIT.changes);
  expect(out).toBe(
    "--- a.medal\n+++ a.medal\n@@ -1,2 +1,4 @@\n-silver orders{from bronze.orders\n-   distinct}\n" +
      "+silver orders {\n+  from bronze.orders\n+  distinct\n+}\n",
  );
  expect(readFileSync(`${folder}/a.medal`, "utf8")).toBe(UGLY);
  expect(JSON.parse((await medalc("fmt --diff --json", { folder })).out)).toMatchObject({
    changed: ["a.medal"],
    diff: out,
  });
});

it("- formats standard input to standard output", async () => {
  expect(await medalc("fmt -", { stdin: UGLY })).toEqual({ code: EXIT.ok, out: PRETTY, err: "" });
  expect(await medalc("fmt --check -", { stdin: UGLY })).toMatchObject({ code: EXIT.changes, out: "" });
});

it("a text with syntax errors is unchanged, and the errors are reported", async () => {
  const folder = temporaryFolder({ "a.medal": BROKEN, "b.medal": UGLY });
  const { code, out, err } = await medalc("fmt", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out).toBe("b.medal\n");
  expect(err).toContain("a.medal:1:");
  expect(readFileSync(`${folder}/a.medal`, "utf8")).toBe(BROKEN);
  expect(await medalc("fmt -", { stdin: BROKEN })).toMatchObject({ code: EXIT.errors, out: BROKEN });
});

it("unknown-path: a missing file is a usage error, the others are formatted", async () => {
  const folder = temporaryFolder({ "a.medal": UGLY });
  const { code, out, err } = await medalc("fmt nowhere.medal a.medal", { folder });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain("error unknown-path: nowhere.medal does not exist");
  expect(out).toBe("a.medal\n");
});
