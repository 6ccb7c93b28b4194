import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { medalc, temporaryFolder } from "../support/io.ts";

it("writes a project that is right at once", async () => {
  const folder = temporaryFolder();
  const { code, out, err } = await medalc("init shop", { folder });
  expect(code).toBe(EXIT.ok);
  expect(out).toContain("wrote shop/shop.medal\n");
  expect(err).toBe("next: medalc check shop, medalc run shop\n");
  expect(readFileSync(`${folder}/shop/.gitignore`, "utf8")).toContain(".medal/");
  expect(await medalc("check shop", { folder })).toMatchObject({ code: EXIT.ok });
  expect(await medalc("compile shop", { folder })).toMatchObject({ code: EXIT.ok });
});

it("file-exists: replaces nothing, and writes nothing then", async () => {
  const folder = temporaryFolder({ "medal.json": "mine" });
  const { code, err } = await medalc("init", { folder });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain("error file-exists: medal.json is there already");
  expect(readFileSync(`${folder}/medal.json`, "utf8")).toBe("mine");
  expect(existsSync(`${folder}/shop.medal`)).toBe(false);
});
