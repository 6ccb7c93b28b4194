import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { fixProgram, writeFixed } from "../../src/cli/fix-program.ts";
import type { CheckResult } from "../../src/compile.ts";
import { check } from "../../src/compile.ts";
import { compatibleFixes, withEdits } from "../../src/diagnostics/fixes.ts";
import { createNodeHost } from "../../src/node-host.ts";
import { createTestIo, medalc, temporaryFolder } from "../support/io.ts";

const PROJECT = `project shop { lake = adls { account: "shop", container: "shop" } }
source files = file { path: "in" }
bronze orders from files.csv("orders.csv") { id: int, name: string, amount: decimal(10,2) }
`;
const SQL = `${PROJECT}silver orders {
  from bronze.orders
  where name <> 'ada' AND amount > 0.00
}
`;
const MEDAL = SQL.replace("<> 'ada' AND", '!= "ada" and');

it("applies the fixes until none is left, and exits by what remains", async () => {
  const folder = temporaryFolder({ "shop.medal": SQL });
  chmodSync(`${folder}/shop.medal`, 0o640);
  const { code, out, err } = await medalc("check --fix", { folder });
  expect(readFileSync(`${folder}/shop.medal`, "utf8")).toBe(MEDAL);
  expect(statSync(`${folder}/shop.medal`).mode & 0o777).toBe(0o640);
  expect(code).toBe(EXIT.ok);
  expect(out).not.toContain("error");
  expect(err).toMatch(/^Fixed \d problems? in 1 file\n$/);
  const { mtimeMs } = statSync(`${folder}/shop.medal`);
  expect((await medalc("check --fix", { folder })).err).toBe("Fixed 0 problems\n");
  expect(statSync(`${folder}/shop.medal`).mtimeMs).toBe(mtimeMs);
});

it("--dry-run prints the changes and makes none", async () => {
  const folder = temporaryFolder({ "shop.medal": SQL });
  const { code, out, err } = await medalc("check --fix --dry-run", { folder });
  expect(code).toBe(EXIT.changes);
  expect(out).toContain(`-  where name <> 'ada' AND amount > 0.00\n+  where name != "ada" and amount > 0.00\n`);
  expect(err).toMatch(/^Would fix \d problems? in 1 file\n$/);
  expect(readFileSync(`${folder}/shop.medal`, "utf8")).toBe(SQL);
  const { fixed, diff } = JSON.parse((await medalc("check --fix --dry-run --json", { folder })).out);
  expect(diff).toContain("+++ shop.medal");
  expect(fixed[0]).toEqual({ file: "shop.medal", code: expect.any(String), title: expect.any(String) });
  expect(await medalc("check --dry-run", { folder })).toMatchObject({ code: EXIT.usage });
});

it("errors without an automatic fix remain and are reported", async () => {
  const wrong = SQL.replace("}\n\n", "").replace("amount > 0.00", "nothing_like_it > 0.00");
  const folder = temporaryFolder({ "shop.medal": wrong });
  const { code, out } = await medalc("check --fix", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out).toContain("error unknown-column");
  expect(readFileSync(`${folder}/shop.medal`, "utf8")).toContain('where name != "ada" and nothing_like_it > 0.00');
});

it("CRLF and a byte order mark are kept", async () => {
  const folder = temporaryFolder({ "shop.medal": `\ufeff${SQL.replaceAll("\n", "\r\n")}` });
  await medalc("check --fix", { folder });
  expect(readFileSync(`${folder}/shop.medal`, "utf8")).toBe(`\ufeff${MEDAL.replaceAll("\n", "\r\n")}`);
});

it("only files of the project's folder are changed, even if links lead elsewhere", async () => {
  const [start = "", rest = ""] = SQL.split("silver");
  const folder = temporaryFolder({
    "shop/shop.medal": `import "linked.medal"\n${start}`,
    "other.medal": `silver${rest}`,
  });
  mkdirSync(`${folder}/shop/deeper`);
  symlinkSync("../other.medal", `${folder}/shop/linked.medal`);
  const { code } = await medalc("check shop --fix", { folder });
  expect(code).toBe(EXIT.errors);
  expect(readFileSync(`${folder}/other.medal`, "utf8")).toBe(`silver${rest}`);
});

it("a file that was changed meanwhile is not overwritten", () => {
  const folder = temporaryFolder({ "shop.medal": SQL });
  const io = createTestIo({ folder });
  const host = createNodeHost(folder);
  const first = check(host, ["shop.medal"]);
  const { changed } = fixProgram(first, ".", host, io);
  expect(changed.size).toBe(1);
  writeFileSync(`${folder}/shop.medal`, "// mine\n");
  expect(writeFixed(changed, first.sources, io)).toMatchObject([{ code: "unwritable-file" }]);
  expect(readFileSync(`${folder}/shop.medal`, "utf8")).toBe("// mine\n");
});

it("a fix that causes other errors is not kept, and the others are", () => {
  const folder = temporaryFolder({ "shop.medal": SQL });
  const io = createTestIo({ folder });
  const host = createNodeHost(folder);
  const first = check(host, ["shop.medal"]);
  const at = SQL.indexOf("bronze.orders\n");
  const wrong = {
    ...first.diagnostics[0],
    code: "unknown-relation",
    severity: "warning",
    message: "a warning with a wrong fix",
    fix: { title: "Break it", edits: [{ span: { file: "shop.medal", start: at, end: at + 13 }, text: "bronze.nope" }] },
  } as CheckResult["diagnostics"][number];
  const { changed, rejected } = fixProgram({ ...first, diagnostics: [wrong, ...first.diagnostics] }, ".", host, io);
  expect(changed.get("shop.medal")).toBe(MEDAL);
  expect(rejected).toBeLessThanOrEqual(1);
});

it("edits that touch each other wait for the next round", () => {
  const edit = (start: number, end: number, text: string) => ({ span: { file: "a", start, end }, text });
  const fixes = [
    { edits: [edit(0, 2, "x")] },
    { edits: [edit(2, 3, "y")] },
    { edits: [edit(4, 5, "z"), edit(6, 7, "w")] },
    { edits: [edit(8, 9, "p"), edit(8, 9, "q")] },
  ];
  expect(compatibleFixes(fixes)).toEqual([fixes[0], fixes[2]]);
  const texts = withEdits(new Map([["a", "0123456789"]]), [edit(6, 7, "w"), edit(0, 2, "x"), edit(9, 9, "!")]);
  expect(texts.get("a")).toBe("x2345w78!9");
});
