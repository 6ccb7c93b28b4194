/**
 * No error of the operating system is a bug of the compiler: every file system call of a command fails once, with
 * varying errors.
 */
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { faultyFs } from "../support/fs-faults.ts";
import { medalc, type Ran, temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

const ERRORS = [
  ...["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOTDIR", "EISDIR", "ENAMETOOLONG"],
  ...["ELOOP", "EBUSY", "ESTALE", "EXDEV", "ENOTEMPTY", "EEXIST", "ENOENT", "EFBIG", "EINVAL", "ENOMEM", "EUNKNOWN"],
];
const IS_ALL = process.env.MEDAL_FAULTS === "all";

const FACTORY = {
  "factory/linkedService/ls_lake.json": '{"name":"ls_lake","properties":{"type":"AzureBlobFS","typeProperties":{}}}',
  "factory/pipeline/pl.json": '{"name":"pl","properties":{"activities":[]}}',
};

/** `run` twice, so that the second one finds a lake. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  check: ["check ."],
  "check a file": ["check my_shop.medal"],
  compile: ["compile --env dev"],
  "compile again": ["compile --env dev", "compile --env dev --param storage_account=other"],
  fmt: ["fmt --check", "fmt"],
  run: ["run"],
  "run again": ["run", "run --full"],
  show: ["run", "show gold.revenue_by_month"],
  "import adf": ["import adf factory --out imported.medal"],
  init: ["init new --ci github"],
  plan: ["plan --env dev --out plan.json"],
  "deploy a plan": ["deploy plan.json --yes"],
};

function project(): string {
  const folder = temporaryFolder(FACTORY);
  cpSync(`${root}/examples/starter`, folder, { recursive: true });
  return folder;
}

/** Expects no bug and no stack trace, and a documented diagnostic code. */
function judge({ code, out, err }: Ran, what: string): void {
  const output = `${out}${err}`;
  expect(code, `${what}\n${output}`).not.toBe(70);
  expect(output, what).not.toMatch(/because of a bug|^ {4}at /m);
  if (code === 0 || code === 2) return;
  const codes = [...output.matchAll(/^(?:\S+: )?(?:error|FAILED)\b.*?\b([a-z]+(?:-[a-z]+)+):/gm)].map(
    ([, each]) => each,
  );
  expect(codes, `${what}\n${output}`).not.toEqual([]);
  for (const each of codes) expect(existsSync(`${root}/docs/diagnostics/${each}.md`), `${what}\n${output}`).toBe(true);
}

it.each(Object.entries(LINES))("%s: whatever call of the file system fails", { timeout: 600_000 }, async (_, lines) => {
  const last = lines.at(-1) ?? "";
  const prepared = async (): Promise<string> => {
    const folder = project();
    for (const line of lines.slice(0, -1)) await medalc(line, { folder });
    return folder;
  };
  const first = await prepared();
  const calls = await (async () => {
    using fs = faultyFs(first);
    await medalc(last, { folder: first });
    return fs.calls;
  })();
  const seen = new Map<string, number>();
  for (const [at, { name, path }] of calls.entries()) {
    // The kind of call and of path.
    const kind = `${name} ${path
      .replace(/[\d.]*\d[\da-f.-]*/g, "N")
      .split("/")
      .slice(0, 3)
      .join("/")}`;
    const times = seen.get(kind) ?? 0;
    seen.set(kind, times + 1);
    const codes = IS_ALL ? ERRORS : times > 0 ? [] : ERRORS.filter((_, index) => index === seen.size % ERRORS.length);
    for (const code of codes) {
      const folder = await prepared();
      using _fs = faultyFs(folder, { at, code });
      judge(await medalc(last, { folder }), `${last}: ${code} at call ${at}, ${name} ${path}`);
    }
  }
  expect(calls.length).toBeGreaterThan(0);
});

/** Something unexpected at a path of the project. */
type Oddity = "a file" | "a folder" | "a link to nowhere" | "a link to itself";
const ODDITIES: readonly Oddity[] = ["a file", "a folder", "a link to nowhere", "a link to itself"];

function putOddity(oddity: Oddity, path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  if (oddity === "a file") writeFileSync(path, "not what was expected\n");
  else if (oddity === "a folder") mkdirSync(path);
  else symlinkSync(oddity === "a link to itself" ? path : `${path}.gone`, path);
}

const PLACES: Readonly<Record<string, readonly string[]>> = {
  ".medal": ["run", "show gold.revenue_by_month"],
  ".medal/lake": ["run", "show gold.revenue_by_month"],
  ".medal/lake/bronze": ["run"],
  ".medal/lake/silver/orders": ["run"],
  out: ["compile --env dev"],
  "out/.medalc": ["compile --env dev"],
  "out/manifest.json": ["compile --env dev"],
  "out/adf": ["compile --env dev"],
  "medal.json": ["check", "compile --env dev", "run", "plan --env dev"],
  "my_shop.medal": ["check", "check my_shop.medal", "fmt", "fmt my_shop.medal", "run"],
  "data/orders.csv": ["run"],
  data: ["run"],
  "factory/pipeline": ["import adf factory"],
  "factory/pipeline/pl.json": ["import adf factory"],
  "imported.medal": ["import adf factory --out imported.medal"],
  "plan.json": ["deploy plan.json --yes", "plan --env dev --out plan.json"],
  new: ["init new", "init new/below", "compile --env dev --out new/below", "check new", "fmt new"],
};

it.each(Object.entries(PLACES).flatMap(([place, lines]) => ODDITIES.map((oddity) => ({ place, oddity, lines }))))(
  "$oddity as $place is reported",
  async ({ place, oddity, lines }) => {
    for (const line of lines) {
      const folder = project();
      putOddity(oddity, `${folder}/${place}`);
      judge(await medalc(line, { folder }), `${line}, with ${oddity} as ${place}`);
    }
  },
);

it("a name that is too long is reported, whatever receives it", async () => {
  const folder = project();
  const long = "x".repeat(300);
  for (const line of [`check ${long}`, `compile --out ${long}`, `init ${long}`, `fmt ${long}`, `import adf ${long}`]) {
    judge(await medalc(line, { folder }), line);
  }
});
