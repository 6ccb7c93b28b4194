/**
 * `npm run bench:deploy`: deploys generated projects to the fake services in `test/fakes`. The requests of an empty plan must
 * not grow with the tables, except for further pages; a first deployment is limited by the rate of the management API. Exits
 * with 1 if a limit is exceeded.
 */
import { templatesAsText } from "../test/support/templates.ts";
import { generatedProject } from "./generate.ts";

templatesAsText();
const { check, plan: planOf } = await import("../src/compile.ts");
const { emitAll } = await import("../src/codegen/emit.ts");
const { deploy } = await import("../src/deploy/deployment.ts");
const { desiredObjects } = await import("../src/deploy/desired/objects.ts");
const { tableFacts } = await import("../src/deploy/table-facts.ts");
const { connectStack } = await import("../src/deploy/stack.ts");
const { planTarget } = await import("../src/deploy/target.ts");
const { namesIn, startCloud } = await import("../test/fakes/cloud.ts");

const SIZES = [10, 100, 1000];
/** Sources of the rate-limited project: each is a linked service, a dataset and a pipeline. */
const SOURCES = 200;
/** Page size of Data Factory's lists. */
const PAGE = 100;
/** Rate limit of Data Factory: burst size, and writes per second. */
const LIMIT = 100;
/** Maximum duration of a rate-limited deployment, as a multiple of what the limit requires. */
const MOST_TIMES = 2;
/** Maximum requests of an empty plan, besides those for pages, at every size. */
const MOST_READS = 40;

interface Measured {
  readonly tables: number;
  readonly objects: number;
  readonly first: {
    readonly seconds: number;
    readonly requests: number;
    readonly steps: number;
    readonly writes: number;
  };
  readonly empty: { readonly seconds: number; readonly requests: number };
}

async function measure(tables: number, files: ReadonlyMap<string, string>, limit?: number): Promise<Measured> {
  await using cloud = await startCloud({ pageSize: PAGE, ...(limit === undefined ? {} : { writes: limit }) });
  const host = { readFile: (path: string) => files.get(path), listPrograms: () => [], isFolder: () => false };
  const program = planOf(check(host, ["main.medal"]));
  if (program === undefined) throw new Error("the project has errors");
  const environment = { name: "prod", params: {} };
  const { files: emitted } = emitAll(program, { environment, environments: [environment] });
  const objects = desiredObjects(program, environment, emitted);
  const stack = connectStack({
    place: cloud.place(namesIn(objects)),
    owner: { project: program.name, environment: "prod" },
    credential: cloud.entra.credential,
    storageCredential: cloud.storage.credential,
    signal: new AbortController().signal,
  });
  const scope = { project: program.name, environment: "prod", adopt: [], destroy: [] };
  const wanted = { ...scope, objects, tables: tableFacts(program) };
  const timed = async <T>(work: () => Promise<T>) => {
    cloud.faults.restart();
    const start = performance.now();
    const result = await work();
    return { result, seconds: (performance.now() - start) / 1000, requests: cloud.faults.count() };
  };

  const holder = { identity: "bench", host: "here", process: process.pid, since: "2026-01-01T00:00:00.000Z" };
  const first = await timed(async () => {
    const { plan } = await planTarget(stack, wanted);
    return deploy({ stack, plan, kind: "deploy", holder, stop: new AbortController().signal });
  });
  if (!first.result.isDone) throw new Error(JSON.stringify(first.result.failed.concat().slice(0, 2)));
  const writes = cloud.arm.log.filter(({ method, status }) => method !== "GET" && status !== 429).length;
  const empty = await timed(() => planTarget(stack, wanted));
  if (empty.result.plan.steps.length > 0) throw new Error("the plan is not empty");
  return {
    tables,
    objects: objects.length,
    first: { seconds: first.seconds, requests: first.requests, steps: first.result.done.length, writes },
    empty: { seconds: empty.seconds, requests: empty.requests },
  };
}

/** A project with `count` sources of one table each. */
function manySources(count: number): ReadonlyMap<string, string> {
  const sources = Array.from({ length: count }, (_, at) => {
    const source = `source s${at} = http { base_url: "https://files${at}.example.com/" }`;
    return `${source}\nbronze b${at} from s${at}.csv("b.csv") { id: string }\n`;
  });
  const main = generatedProject(0).get("main.medal") ?? "";
  return new Map([["main.medal", `${main}\n${sources.join("\n")}`]]);
}

const number = (value: number): string => value.toLocaleString("en-US");
console.log(
  "| tables | objects | empty plan: requests | s | first deployment: requests | writes to Data Factory | s |",
);
console.log("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
const print = ({ tables, objects, first, empty }: Measured): void => {
  const cells = [
    ...[number(tables), number(objects), number(empty.requests), empty.seconds.toFixed(2)],
    ...[number(first.requests), number(first.writes), first.seconds.toFixed(1)],
  ];
  console.log(`| ${cells.join(" | ")} |`);
};
const broken = (what: string): void => {
  console.error(what);
  process.exitCode = 1;
};

for (const size of SIZES) {
  const measured = await measure(size, generatedProject(size));
  const { objects, empty } = measured;
  print(measured);
  const most = MOST_READS + Math.ceil(objects / PAGE);
  if (empty.requests > most)
    broken(`FAIL: an empty plan of ${size} tables makes ${empty.requests} requests, limit ${most}`);
}

console.log(`\nLimited to ${LIMIT} writes per second:\n`);
const limited = await measure(SOURCES, manySources(SOURCES), LIMIT);
print(limited);
// The burst is not limited.
const least = (limited.first.writes - LIMIT) / LIMIT;
if (limited.first.seconds > least * MOST_TIMES) {
  broken(
    `FAIL: ${limited.first.writes} writes took ${limited.first.seconds.toFixed(1)} s, limit ${(least * MOST_TIMES).toFixed(1)}`,
  );
}
