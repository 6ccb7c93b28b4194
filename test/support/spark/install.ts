/** Apache Spark with Delta Lake, of the versions that Databricks' runtime 17.3 LTS has, for tests. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { once } from "../lock.ts";
import { cache, root } from "../paths.ts";

const execute = promisify(execFile);
const folder = `${root}/test/support/spark`;

/** What delta-spark's Python part calls, with the hashes of the files that Maven's central repository has for good. */
const JARS = [
  {
    module: ["io.delta", "delta-spark_2.13", "4.0.1"],
    sha256: "a1e76860b19fe1e6b205a4ea7a9099a2f9575d39bb71d49b3e679b299d0efb91",
  },
  {
    module: ["io.delta", "delta-storage", "4.0.1"],
    sha256: "ecc42c5aaa51c423312d9e4e48aa4a12b34740bf2c37de0e8f279277ec3d12e4",
  },
];

let installation: Promise<string> | undefined;

/**
 * The path of a Python interpreter that has Spark and Delta. The first call on a machine installs them (a minute, network);
 * call it in a `beforeAll`. Fails where there is no Java.
 */
export function sparkPython(): Promise<string> {
  installation ??= install();
  return installation;
}

async function install(): Promise<string> {
  await requireJava();
  const [builder, packages] = [`${folder}/setuptools.txt`, `${folder}/requirements.txt`];
  const wanted = readFileSync(builder, "utf8") + readFileSync(packages, "utf8") + JSON.stringify(JARS);
  const hash = createHash("sha256").update(wanted).digest("hex").slice(0, 16);
  const environment = await once(`${cache}/spark/${hash}`, async (environment) => {
    const interpreter = `${environment}/bin/python`;
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"];
    await execute("python3", ["-m", "venv", environment]);
    await execute(interpreter, [...pip, "--requirement", builder]);
    await execute(interpreter, [...pip, "--no-build-isolation", "--requirement", packages]);
    const { stdout } = await execute(interpreter, ["-c", "import pyspark; print(pyspark.__path__[0])"]);
    await addJars(`${stdout.trim()}/jars`, `${environment}/ivy`);
  });
  return `${environment}/bin/python`;
}

async function requireJava(): Promise<void> {
  try {
    const { stderr } = await execute("java", ["-version"]);
    const version = Number(/version "(\d+)/.exec(stderr)?.[1]);
    if (version >= 17) return;
    throw new Error(`Java ${version} is too old`);
  } catch (cause) {
    throw new Error("Spark needs Java 17 or 21 on the PATH: apt-get install openjdk-17-jre-headless", { cause });
  }
}

/** Puts Delta's jars beside Spark's own; Spark brings Ivy, which fetches them. */
async function addJars(jars: string, ivyCache: string): Promise<void> {
  const ivy = readdirSync(jars).find((name) => /^ivy-.*\.jar$/.test(name));
  if (ivy === undefined) throw new Error(`Spark has no Ivy in ${jars}`);
  for (const { module, sha256 } of JARS) {
    const [, artifact, version] = module;
    const pattern = `${jars}/[artifact]-[revision].[ext]`;
    const fetch = ["-cache", ivyCache, "-notransitive", "-confs", "default", "-dependency", ...module];
    await execute("java", ["-jar", `${jars}/${ivy}`, ...fetch, "-retrieve", pattern]);
    const found = createHash("sha256")
      .update(readFileSync(`${jars}/${artifact}-${version}.jar`))
      .digest("hex");
    if (found !== sha256) throw new Error(`${artifact} ${version} is not the file it was: ${found}`);
  }
}
