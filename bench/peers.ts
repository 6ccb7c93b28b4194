/**
 * `npm run bench:peers`: a cold `medalc check` of 1,000 tables beside dbt-core's compile without partial parsing and
 * SQLMesh's load with an empty cache, of the same project in their forms, in one run. The forms come from
 * `../shared/bench/peers_gen.py`; the tools from PyPI into `.cache/peers`. Ends with 1 where check is less than 25 times
 * as fast as either.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { processMedian, processOnce, table } from "./measure.ts";
import { medalc, root, withProject } from "./projects.ts";

const TABLES = 1_000;
const LEAST_FACTOR = 25;
const TOOLS = ["dbt-core==1.11.16", "dbt-duckdb==1.11.1", "sqlmesh==0.236.4"];
const QUIET = {
  DO_NOT_TRACK: "1",
  DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
  SQLMESH__DISABLE_ANONYMIZED_ANALYTICS: "1",
};

const generator = `${root}../shared/bench/peers_gen.py`;
if (!existsSync(generator)) {
  console.error("there is no ../shared/bench/peers_gen.py, so the other tools cannot be measured");
  process.exit(1);
}
const environment = `${root}.cache/peers`;
if (!existsSync(`${environment}/bin/sqlmesh`)) {
  console.error(`installing ${TOOLS.join(", ")} into .cache/peers`);
  execFileSync("python3", ["-m", "venv", environment]);
  execFileSync(`${environment}/bin/pip`, ["install", "--quiet", ...TOOLS], { stdio: ["ignore", "ignore", "inherit"] });
}
const folder = mkdtempSync(`${tmpdir()}/medalc-peers-`);
try {
  for (const kind of ["dbt", "sqlmesh"])
    execFileSync("python3", [generator, kind, String(TABLES), `${folder}/${kind}`]);
  const dbt = await processMedian(
    2,
    () =>
      processOnce(`${environment}/bin/dbt`, ["compile", "--no-partial-parse", "--profiles-dir", "."], {
        cwd: `${folder}/dbt`,
        env: QUIET,
      }),
    () => rmSync(`${folder}/dbt/target`, { recursive: true, force: true }),
  );
  const load = `from sqlmesh import Context; Context(paths="${folder}/sqlmesh")`;
  const sqlmesh = await processMedian(
    2,
    () => processOnce(`${environment}/bin/python`, ["-c", load], { cwd: `${folder}/sqlmesh`, env: QUIET }),
    () => rmSync(`${folder}/sqlmesh/.cache`, { recursive: true, force: true }),
  );
  const check = await withProject(TABLES, (project) =>
    processMedian(9, () => processOnce(process.execPath, [medalc, "check", project])),
  );
  const rows = [
    ["medalc check", check],
    ["dbt compile --no-partial-parse", dbt],
    ["SQLMesh load", sqlmesh],
  ] as const;
  console.log(
    table(
      [`${TABLES} tables, cold`, "s", "peak MB", "times check"],
      rows.map(([name, { ms, peakMb }]) => [
        name,
        (ms / 1000).toFixed(2),
        peakMb.toFixed(0),
        (ms / check.ms).toFixed(0),
      ]),
    ),
  );
  if (Math.min(dbt.ms, sqlmesh.ms) < LEAST_FACTOR * check.ms) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
