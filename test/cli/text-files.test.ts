/** Only valid UTF-8 in regular files of the project is read as text. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { decodeText, LARGEST_TEXT_FILE } from "../../src/read-text.ts";
import { medalc, temporaryFolder } from "../support/io.ts";

const PROGRAM = 'project shop { lake = adls { account: "shoplake", container: "lake" } }\n';
const UGLY = `// caf\u00e9\n${PROGRAM}enum A{a,\n"b \u20ac"}\n`;
const PRETTY = `// caf\u00e9\n${PROGRAM}\nenum A {\n  a\n  "b \u20ac"\n}\n`;
const CRLF = (text: string): string => text.replaceAll("\n", "\r\n");

it("file-not-utf8: a program in Latin-1 is rejected with the position of the first invalid byte, and unchanged", async () => {
  const bytes = Buffer.from(UGLY.replace("\u20ac", ""), "latin1");
  const folder = temporaryFolder();
  writeFileSync(`${folder}/a.medal`, bytes);
  for (const command of ["check", "fmt", "fmt --check", "compile", "run"]) {
    const { code, out, err } = await medalc(`${command} a.medal`, { folder });
    expect(code, command).toBe(EXIT.errors);
    expect((out + err).match(/file-not-utf8/g), command).toHaveLength(1);
    expect(out + err).toContain("a.medal is not valid UTF-8: byte 7 (0xE9), in line 1 at byte 7, is not UTF-8");
  }
  expect(readFileSync(`${folder}/a.medal`)).toEqual(bytes);
});

it.each([
  ["UTF-16", Buffer.from(`\ufeff${UGLY}`, "utf16le")],
  ["UTF-16", Buffer.from(UGLY, "utf16le")],
  ["UTF-16", Buffer.from(UGLY, "utf16le").swap16()],
  ["UTF-32", Buffer.from([...UGLY].flatMap((each) => [each.codePointAt(0) ?? 0, 0, 0, 0].map((byte) => byte & 0xff)))],
])("%s is one message", async (encoding, bytes) => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/a.medal`, bytes);
  const { code, out } = await medalc("check", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out.match(/error [a-z0-9-]+/g)).toEqual(["error file-not-utf8"]);
  expect(out).toContain(`it is encoded in ${encoding}`);
  const stdin = await medalc("fmt -", { stdin: bytes });
  expect(stdin).toMatchObject({ code: EXIT.errors, out: "" });
});

it("medal.json, imported files and the files of a factory are rejected likewise", async () => {
  const wrong = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);
  const folder = temporaryFolder({ "a.medal": `${PROGRAM}import "b.medal"\n`, "factory/pipeline/a.json": "{}" });
  for (const path of ["medal.json", "b.medal", "factory/linkedService/x.json"]) {
    mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    writeFileSync(`${folder}/${path}`, wrong);
  }
  const { out } = await medalc("check a.medal", { folder });
  expect(out.match(/[\w.]+ is not valid UTF-8/g)).toEqual([
    "b.medal is not valid UTF-8",
    "medal.json is not valid UTF-8",
  ]);
  const imported = await medalc("import adf factory", { folder });
  expect(imported).toMatchObject({ code: EXIT.errors, out: "" });
  expect(imported.err).toContain("factory/linkedService/x.json is not valid UTF-8: byte 3 (0xFF)");
});

it("text is decoded without loss, or rejected at the first invalid byte", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 3 }))
      .map(([a, b]) => Buffer.concat([Buffer.from(a), b])),
  );
  const property = fc.property(bytes, (each) => {
    const buffer = Buffer.from(each);
    const read = decodeText(buffer);
    if ("text" in read) {
      expect(Buffer.from((read.hasByteOrderMark ? "\ufeff" : "") + read.text)).toEqual(buffer);
      return;
    }
    const [, place] = /^byte (\d+) /.exec(read.detail) ?? [];
    if (place === undefined) return;
    const at = Number(place) - 1;
    const isText = (part: Buffer): boolean => {
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(part);
        return true;
      } catch {
        return false;
      }
    };
    expect(isText(buffer.subarray(0, at))).toBe(true);
    for (let length = 1; length <= 4; length++) {
      if (at + length <= buffer.length) expect(isText(buffer.subarray(at, at + length))).toBe(false);
    }
  });
  fc.assert(property, { seed: 20_261_130, numRuns: 500 });
}, 60_000);

it.each([
  ["LF", UGLY, PRETTY],
  ["CRLF", CRLF(UGLY), CRLF(PRETTY)],
  ["a byte order mark", `\ufeff${CRLF(UGLY)}`, `\ufeff${CRLF(PRETTY)}`],
  ["both line ends, most of them CRLF", CRLF(UGLY).replace("\r", ""), CRLF(PRETTY)],
  ["both line ends, most of them LF", UGLY.replace("\n", "\r\n"), PRETTY],
])("fmt keeps %s", async (_, ugly, pretty) => {
  const folder = temporaryFolder({ "a.medal": ugly });
  expect(await medalc("fmt --check", { folder })).toMatchObject({ code: EXIT.changes });
  await medalc("fmt", { folder });
  expect(readFileSync(`${folder}/a.medal`, "utf8")).toBe(pretty);
  expect(await medalc("fmt --check", { folder })).toMatchObject({ code: EXIT.ok, out: "" });
  expect((await medalc("fmt -", { stdin: ugly })).out).toBe(pretty);
});

it("lines that end with only a carriage return are reported once", async () => {
  const folder = temporaryFolder({ "a.medal": UGLY.replaceAll("\n", "\r") });
  const { out } = await medalc("check", { folder });
  expect(out.match(/error [a-z-]+/g)).toEqual(["error unexpected-character"]);
});

it("file-outside-project: imports and symbolic links do not lead out of the project, and no content from there is shown", async () => {
  const secret = "TOP=hidden-value-of-the-machine";
  const outside = temporaryFolder({ "env.medal": secret, "env.json": secret, environ: secret });
  for (const imported of [
    `${outside}/env.medal`,
    "../x/env.medal",
    "/etc/passwd",
    "/proc/self/environ",
    "/etc/nowhere",
  ]) {
    const folder = temporaryFolder({ "a.medal": `${PROGRAM}import "${imported}"\n` });
    const { code, out } = await medalc("check a.medal --format text", { folder });
    expect(code).toBe(EXIT.errors);
    expect(out.match(/error [a-z-]+/g)).toEqual(["error file-outside-project"]);
  }
  const folder = temporaryFolder({ "a.medal": PROGRAM, "notes.env": secret });
  symlinkSync(`${outside}/env.medal`, `${folder}/link.medal`);
  symlinkSync(`${folder}/notes.env`, `${folder}/other.medal`);
  symlinkSync(outside, `${folder}/deeper`);
  symlinkSync(`${outside}/env.json`, `${folder}/medal.json`);
  for (const command of ["check", "fmt", "check --json", "check --format sarif", "check --format github", "run"]) {
    const { code, out, err } = await medalc(command, { folder });
    expect(code).toBe(EXIT.errors);
    expect(out + err).not.toContain("hidden-value");
    expect(out + err).toContain("file-outside-project");
    expect(out + err).toContain("file-not-readable");
  }
  expect(readFileSync(`${outside}/env.medal`, "utf8")).toBe(secret);
});

it("file-not-readable: pipes, devices and large files are not opened, other files not read as programs", async () => {
  const folder = temporaryFolder({ "a.medal": `${PROGRAM}import "notes.txt"\n`, "notes.txt": "hidden-value" });
  execFileSync("mkfifo", [`${folder}/pipe.medal`]);
  writeFileSync(`${folder}/large.medal`, "");
  truncateSync(`${folder}/large.medal`, LARGEST_TEXT_FILE + 1);
  const { code, out } = await medalc("check", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out.match(/error [a-z-]+: .*/g)).toEqual([
    "error file-not-readable: notes.txt cannot be read: its name does not end in .medal",
    "error file-not-readable: large.medal cannot be read: it is larger than 32 MB",
    "error file-not-readable: pipe.medal cannot be read: it is a named pipe, not a regular file",
  ]);
  expect(out).not.toContain("hidden-value");
  expect(await medalc("check /dev/zero", { folder })).toMatchObject({ code: EXIT.errors });
});

it("import adf follows no symbolic link out of the factory's folder", async () => {
  const outside = temporaryFolder({ "x.json": '{ "hidden-value": 1 }' });
  const folder = temporaryFolder({ "factory/pipeline/a.json": "{}", "factory/linkedService/.keep": "" });
  symlinkSync(`${outside}/x.json`, `${folder}/factory/linkedService/x.json`);
  const { code, out, err } = await medalc("import adf factory", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out + err).not.toContain("hidden-value");
  expect(err).toContain("file-outside-project");
});
