import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The file where workers of this run leave notes for the reporter: compared goldens, missing validators. */
const notes = `.cache/test-run/${process.pid}.jsonl`;

/** The socket of this run's Spark session. */
const spark = join(tmpdir(), `medal-spark-${process.pid}.sock`);

const templatesAsText = {
  name: "templates-as-text",
  transform(text: string, path: string) {
    if (!path.endsWith(".hbs")) return undefined;
    return { code: `export default ${JSON.stringify(text)};`, map: null, moduleType: "js" as const };
  },
};

/** Generated programs, generated or very large files, and mutated code, on real engines: minutes, where unit tests take seconds. */
const property = [
  "test/conformance/**/*.test.ts",
  "test/mutation/**/*.test.ts",
  "test/parser/fuzz.test.ts",
  "test/runner/{awkward-files,bronze-random,damage,hostile-http,hostile-names,limits,rows-kept,stored-random}.test.ts",
  "test/functions/{vectors,postgres}.test.ts",
  "test/cli/{system-errors,query,output}.test.ts",
  "test/deploy/records.test.ts",
  "test/codegen/*/hostile.test.ts",
];

export default defineConfig({
  plugins: [templatesAsText],
  test: {
    // A time zone with hours that occurred twice or not at all, so that code that does not use UTC explicitly fails.
    env: { MEDAL_TEST_NOTES: notes, MEDAL_TEST_SPARK: spark, TZ: "America/Sao_Paulo" },
    // One more than the number of cores, because tests mostly wait for servers and for Spark.
    maxWorkers: 3,
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/integration/**", ...property],
          globalSetup: ["./test/support/prepare.ts"],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "property",
          include: property,
          globalSetup: ["./test/support/prepare.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["./test/support/prepare.ts", "./test/support/spark/shared.ts"],
          testTimeout: 180_000,
          hookTimeout: 400_000,
        },
      },
    ],
  },
});
