import { expect, it } from "vitest";
import { EXIT, execute } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/main.ts";
import { createTestIo, medalc, temporaryFolder } from "../support/io.ts";

const RIGHT = `project shop {
  lake = adls { account: "shop", container: "shop" }
}
source web = http { base_url: "https://shop.example/" }
bronze orders from web.csv("orders.csv") {
  id: int
}
silver orders {
  from bronze.orders
  distinct
}
`;
const WRONG = RIGHT.replace("  distinct\n", "  where idd > 0\n");

it("exit 0 and the answer on standard output on success", async () => {
  const folder = temporaryFolder({ "shop.medal": RIGHT });
  expect(await medalc("check", { folder })).toEqual({
    code: EXIT.ok,
    out: "Check passed: 1 bronze, 1 silver, 0 gold\n",
    err: "",
  });
});

it("exit 1 if the program has errors; the diagnostics are the answer of check", async () => {
  const folder = temporaryFolder({ "shop.medal": WRONG });
  const { code, out, err } = await medalc("check shop.medal", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out).toContain("shop.medal:10:9: error unknown-column: ");
  expect(out).toMatch(/\n1 error\n$/);
  expect(err).toBe("");
});

it("exit 1 if medal.json has errors", async () => {
  const folder = temporaryFolder({ "shop.medal": RIGHT, "medal.json": '{"environment": {}}' });
  const { code, out } = await medalc("check shop.medal", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out).toContain("medal.json:1:2: error config-unknown-property");
});

it("with another answer, diagnostics go to standard error", async () => {
  const folder = temporaryFolder({ "shop.medal": WRONG });
  const { code, out, err } = await medalc("compile", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out).toBe("");
  expect(err).toContain("error unknown-column");
});

it.each([
  ["an unknown command", "chek", "(Did you mean check?)"],
  ["an unknown option", "check --wacth", "(Did you mean --watch?)"],
  ["an unknown format", "check --format xml", "Allowed choices are text, json, sarif, github."],
  ["two formats", "check --json --format github", "option '--json' cannot be used with option '--format github'"],
  ["a missing argument", "explain", "missing required argument 'code'"],
  ["too many arguments", "explain a b", "too many arguments"],
  ["a param without a value", "compile --param x", "Expected name=value."],
  [
    "a param with an empty value",
    "run --param x=",
    "Expected a value after `=`; an empty text can be set in medal.json.",
  ],
  ["a size that is none", "run --memory much", "Expected a size, such as 512MB or 4GB."],
  ["a limit that is no number", "show gold.x --limit none", "Expected an integer from 1 to 999999999."],
])("exit 64 for %s", async (_, commandLine, text) => {
  const { code, out, err } = await medalc(commandLine);
  expect(err).toContain(text);
  expect(code).toBe(EXIT.usage);
  expect(out).toBe("");
});

it("exit 64 for an empty argument, such as from an unset variable", async () => {
  const io = createTestIo();
  expect(await runCommandLine(["check", ""], io)).toBe(EXIT.usage);
  expect(io.err()).toContain("an argument is empty; check that the shell variable is set");
});

it("exit 64 for unknown-path and no-program", async () => {
  const folder = temporaryFolder();
  expect(await medalc("check shop.medal", { folder })).toMatchObject({
    code: EXIT.usage,
    out: "error unknown-path: shop.medal does not exist\n\n1 error\n",
  });
  const { code, out } = await medalc("check", { folder });
  expect(code).toBe(EXIT.usage);
  expect(out).toContain("error no-program: no .medal file found in .");
});

it("help and the version are answers", async () => {
  expect(await medalc("--version")).toMatchObject({ code: EXIT.ok, out: "0.1.0\n" });
  const { code, out } = await medalc("check --help");
  expect(code).toBe(EXIT.ok);
  expect(out).toContain("Usage: medalc check [options] [path]");
});

it("medalc alone prints the help, and so does medalc help", async () => {
  const { code, out, err } = await medalc("");
  expect({ code, err }).toEqual({ code: EXIT.ok, err: "" });
  expect(out).toContain("Usage: medalc COMMAND [options]");
  expect(await medalc("help")).toEqual({ code, out, err });
  expect(await medalc("--help")).toEqual({ code, out, err });
});

it("medalc help NAME is medalc NAME --help", async () => {
  const { code, out, err } = await medalc("help check");
  expect({ code, err }).toEqual({ code: EXIT.ok, err: "" });
  expect(out).toContain("Usage: medalc check [options] [path]");
  expect(await medalc("check --help")).toEqual({ code, out, err });
});

it.each(["chek", "chek --help", "help chek", "chek --help --json"])(
  "exit 64 for %s: no help of another command",
  async (line) => {
    expect(await medalc(line)).toEqual({
      code: EXIT.usage,
      out: "",
      err: "error: unknown command 'chek'\n(Did you mean check?)\n\n`medalc help` lists the commands\n",
    });
  },
);

it("file-access: an error of the system is not a bug", async () => {
  const io = createTestIo();
  const refused = Object.assign(new Error("EACCES: permission denied, scandir 'data'"), { code: "EACCES" });
  expect(await execute("run", () => Promise.reject(refused), { format: "text" }, io)).toBe(EXIT.errors);
  expect(io.err()).toContain("error file-access: cannot access a file or folder: EACCES");
});

it.each([
  ["ENOTDIR", "mkdir", "error file-access: cannot access a file or folder"],
  ["EIO", "read", "error file-access: cannot access a file or folder"],
  ["ECONNREFUSED", "connect", "error network-access: cannot use the network"],
  ["ENOTFOUND", "getaddrinfo", "error network-access: cannot use the network"],
])("%s of the system is a diagnostic wherever it comes up", async (code, syscall, text) => {
  const io = createTestIo();
  const refused = Object.assign(new Error(`${code}: ${syscall} failed`), { code, syscall });
  expect(await execute("run", () => Promise.reject(refused), { format: "text" }, io)).toBe(EXIT.errors);
  expect(io.err()).toContain(text);
  expect(io.err()).toMatch(/\n {2}hint: /);
});

it("exit 70 for a bug, the stack only with --debug", async () => {
  const io = createTestIo();
  const broken = () => Promise.reject(new Error("broken"));
  expect(await execute("check", broken, { format: "text" }, io)).toBe(EXIT.bug);
  expect(io.err()).toContain("medalc 0.1.0 crashed because of a bug: broken");
  expect(io.err()).not.toContain("conventions.test.ts");
  const debugging = createTestIo();
  await execute("check", broken, { format: "text", debug: true }, debugging);
  expect(debugging.err()).toContain("conventions.test.ts");
});

it("--json is a single versioned document on standard output", async () => {
  const folder = temporaryFolder({ "shop.medal": WRONG });
  const { code, out, err } = await medalc("check --json", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toBe("");
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    command: "check",
    diagnostics: [{ code: "unknown-column", severity: "error", place: { start: { line: 10, column: 9 } } }],
  });
  const right = temporaryFolder({ "shop.medal": RIGHT });
  expect(JSON.parse((await medalc("check --json", { folder: right })).out)).toMatchObject({ bronze: 1, tables: 1 });
});

it("--format github and sarif print only the diagnostics", async () => {
  const folder = temporaryFolder({ "shop.medal": WRONG });
  expect((await medalc("check --format github", { folder })).out).toMatch(
    /^::error file=shop\.medal,line=10,endLine=10,col=9,endColumn=12,title=unknown-column::.*\n$/,
  );
  const sarif = JSON.parse((await medalc("check --format sarif", { folder })).out);
  expect(sarif.runs[0].results).toMatchObject([{ ruleId: "unknown-column", level: "error" }]);
  expect((await medalc("compile --format github", { folder })).err).toBe("");
});

it("colours only on a terminal", async () => {
  const folder = temporaryFolder({ "shop.medal": WRONG });
  expect((await medalc("check", { folder })).out).not.toContain("\u001b[");
  expect((await medalc("check", { folder, isLive: true })).out).toContain("\u001b[31merror unknown-column\u001b[0m");
});

it("a folder means all of its programs, and no others", async () => {
  const [project, ...rest] = RIGHT.split("source");
  const folder = temporaryFolder({
    "a.medal": project ?? "",
    "deeper/b.medal": `source${rest.join("source")}`,
    "node_modules/c.medal": WRONG,
    ".hidden/d.medal": WRONG,
  });
  expect((await medalc("check", { folder })).out).toContain("Check passed");
});
