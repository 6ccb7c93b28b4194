/** Full or closed standard output and error, with the real command. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "shop" } }
source files = file { path: "in" }
bronze sales from files.csv("sales.csv") { id: int }
gold sales { from bronze.sales }
`;

/** Runs bash with a function `medalc`; times out after ten seconds, which no test reaches. */
function bash(script: string, folder: string) {
  const medalc = `medalc() { "${process.execPath}" "${root}/bin/medalc.js" "$@"; }; set -o pipefail;`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `${medalc} ${script}`], {
    cwd: folder,
    encoding: "utf8",
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

function project(): string {
  return temporaryFolder({ "shop.medal": PROGRAM, "in/sales.csv": "id\n1\n" });
}

const FULL =
  "error unwritable-file: standard output cannot be written: ENOSPC: no space left on device, write\n\n1 error\n";

it.each([
  ["check", ""],
  ["check --json", ""],
  ["check --format sarif", ""],
  ["check --watch", ""],
  ["explain fan-out", ""],
  ["help", ""],
  ["--version", ""],
  ["compile", ""],
  ["fmt --diff", ""],
  ["run --json", "1/2 done bronze.sales"],
])("unwritable-file: %s into a full disk is an error, on standard error", (line, before) => {
  const { status, stderr } = bash(`medalc ${line} > /dev/full`, project());
  expect(status).toBe(1);
  expect(stderr).toContain(before);
  expect(stderr.endsWith(FULL)).toBe(true);
});

it.each(["check --json", "explain fan-out", "run", "check --watch"])(
  "%s ends quietly when its reader is gone, with the code of SIGPIPE",
  (line) => {
    // The reader closes before the command starts to write.
    const { status, stderr } = bash(
      `medalc ${line} 2> err | true; code=$?; cat err | grep -c Error; exit $code`,
      project(),
    );
    expect({ status, stderr }).toEqual({ status: 141, stderr: "" });
  },
);

it("a command without a reader still completes and fails with its own code", () => {
  const folder = project();
  expect(bash("medalc run | true; medalc show gold.sales", folder).stdout).toContain("id\n--\n 1\n");
  expect(bash("medalc check nowhere | true", folder).status).toBe(64);
});

it("works without standard error, full or closed", () => {
  const folder = project();
  for (const redirection of ["2> /dev/full", "2>&-", "2> >(true)"]) {
    const { status, stdout } = bash(`medalc run ${redirection}`, folder);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("gold.sales") });
  }
  expect(bash("medalc run > /dev/full 2> /dev/full", folder).status).toBe(1);
});

it("a long answer arrives completely through a pipe with a slow reader", () => {
  const folder = project();
  const rows = Array.from({ length: 20_000 }, (_, index) => index);
  bash(`printf 'id\\n${"%s\\n"}' $(seq 0 19999) > in/sales.csv && medalc run`, folder);
  const { status, stdout } = bash("medalc show gold.sales --limit 20000 --json | (sleep 0.5; cat)", folder);
  expect(status).toBe(0);
  expect(JSON.parse(stdout).rows).toEqual(rows.map((id) => ({ id })));
});
