import fc from "fast-check";
import { expect, it } from "vitest";
import { isList, isObject, propertiesOf, sameJson } from "../../src/deploy/json.ts";
import { normalAdf } from "../../src/deploy/normalize/adf.ts";
import { normalBody } from "../../src/deploy/normalize/body.ts";
import { normalJob, normalNotebook, normalPath } from "../../src/deploy/normalize/databricks.ts";
import { normalLocation, normalView, ownerOfView } from "../../src/deploy/normalize/synapse.ts";
import type { Json, Kind } from "../../src/deploy/object.ts";
import { byKey, exampleFiles, exampleObjects } from "./support.ts";

const objects = exampleObjects();

/** Data Factory's objects as the Git files have them. */
const adf = exampleFiles().flatMap(({ path, text }) => {
  const [, kind] = /^adf\/(linkedService|dataset|pipeline|trigger)\//.exec(path) ?? [];
  const known = (["linkedService", "dataset", "pipeline", "trigger"] as const).find((each) => each === kind);
  return known ? [{ kind: known as Kind, raw: propertiesOf(JSON.parse(text)).properties ?? null }] : [];
});
const job = byKey(objects, "databricks/job/[prod] olist").body;

type Choose = () => boolean;

/** The same value with every object's properties in another order. */
function shuffled(value: Json, choose: Choose): Json {
  if (isList(value)) return value.map((each) => shuffled(each, choose));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, shuffled(each, choose)] as const);
  return Object.fromEntries(choose() ? entries.toReversed() : entries);
}

const DATA = new Set(["defaultValue", "value", "jobParameters", "annotations"]);

/** As the portal's editor leaves an object after somebody has saved it, and the service answers with it. */
function savedInPortal(value: Json, choose: Choose, path: readonly string[] = []): Json {
  if (isList(value)) return value.map((each) => savedInPortal(each, choose, [...path, "[]"]));
  if (typeof value === "string") return recased(value, path, choose);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, each]): [string, Json] => {
    const isData = DATA.has(name) || (name === "parameters" && path.length > 0);
    return [name, isData ? each : savedInPortal(each, choose, [...path, name])];
  });
  const holder = path.at(-1);
  const isActivity = holder === "[]" && path.at(-2) === "activities";
  const added: Readonly<Record<string, Json>> = {
    ...(isActivity ? { dependsOn: [], userProperties: [], state: "Active", description: null } : {}),
    ...(holder === "policy" ? { retry: 0, retryIntervalInSeconds: 30, secureInput: false, secureOutput: false } : {}),
    ...(path.length === 0
      ? { annotations: [], parameters: {}, runtimeState: "Started", lastPublishTime: "2026-11-01T00:00:00Z" }
      : {}),
    ...(holder === "typeProperties" ? { isSequential: false, enableStaging: false, compressionProperties: null } : {}),
  };
  const missing = Object.entries(added).filter(([name]) => value[name] === undefined && choose());
  return Object.fromEntries([...entries, ...missing]);
}

function recased(text: string, path: readonly string[], choose: Choose): string {
  const name = path.at(-1) ?? "";
  const isWord =
    (name === "type" && (/Reference$|^Expression$/.test(text) || (path[0] === "parameters" && path.length === 3))) ||
    name === "frequency" ||
    path.at(-2) === "dependencyConditions";
  if (isWord) return choose() ? text.toLowerCase() : text;
  if (name === "timeout" && choose()) return text.replace(/^0\./, "");
  return name === "startTime" && choose() ? text.replace(/(?=Z?$)/, ".0000000") : text;
}

/** As the Jobs API answers. */
function fromJobsApi(settings: Json, choose: Choose): Json {
  const { tasks, job_clusters: clusters, email_notifications: emails, ...others } = propertiesOf(settings);
  const some = (object: Readonly<Record<string, Json>>) =>
    Object.fromEntries(Object.entries(object).filter(() => choose()));
  const items = (list: Json | undefined) =>
    (isList(list) ? (choose() ? list.toReversed() : list) : []).map(propertiesOf);
  return {
    ...some({
      format: "MULTI_TASK",
      edit_mode: "EDITABLE",
      webhook_notifications: {},
      max_concurrent_runs: 1,
      timeout_seconds: 0,
      queue: { enabled: true },
      run_as: { user_name: "someone@example.com" },
      schedule: null,
    }),
    ...others,
    email_notifications: {
      ...propertiesOf(emails),
      ...some({ no_alert_for_skipped_runs: false, on_start: [], on_success: [] }),
    },
    tasks: items(tasks).map((task) => ({
      ...some({ run_if: "ALL_SUCCESS", timeout_seconds: 0, email_notifications: {}, max_retries: 0 }),
      ...task,
      notebook_task: {
        ...some({ source: "WORKSPACE", base_parameters: {} }),
        ...propertiesOf(task.notebook_task),
        notebook_path: `${choose() ? "/Workspace" : ""}${propertiesOf(task.notebook_task).notebook_path}`,
      },
      ...(task.depends_on === undefined ? {} : { depends_on: items(task.depends_on) }),
    })),
    job_clusters: items(clusters).map((cluster) => ({
      ...cluster,
      new_cluster: {
        ...some({
          azure_attributes: { first_on_demand: 1, availability: "ON_DEMAND_AZURE", spot_bid_max_price: -1 },
          enable_elastic_disk: true,
          runtime_engine: "STANDARD",
          driver_node_type_id: propertiesOf(cluster.new_cluster).node_type_id ?? "",
          custom_tags: {},
        }),
        ...propertiesOf(cluster.new_cluster),
      },
    })),
  };
}

/** The paths of all that is no object and no list. */
function leaves(value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (isList(value)) return value.flatMap((each, at) => leaves(each, [...path, at]));
  if (isObject(value)) return Object.entries(value).flatMap(([name, each]) => leaves(each, [...path, name]));
  return [path];
}

function mutated(value: Json, path: readonly (string | number)[]): Json {
  const [first, ...rest] = path;
  if (first === undefined) {
    if (typeof value === "string") return `${value}x`;
    return typeof value === "number" ? value + 1 : !value;
  }
  if (isList(value)) return value.map((each, at) => (at === first ? mutated(each, rest) : each));
  return { ...propertiesOf(value), [first]: mutated(propertiesOf(value)[first] ?? null, rest) };
}

const chosen = fc.gen().map(
  (draw): Choose =>
    () =>
      draw(fc.boolean),
);

it("an object of Data Factory is equal however the portal saved it", () => {
  fc.assert(
    fc.property(fc.constantFrom(...adf), chosen, ({ kind, raw }, choose) => {
      const answer = shuffled(savedInPortal(raw, choose), choose);
      expect(normalAdf(kind, answer)).toEqual(normalAdf(kind, raw));
      expect(JSON.stringify(normalAdf(kind, answer))).toBe(JSON.stringify(normalAdf(kind, raw)));
    }),
    { numRuns: 300 },
  );
});

it("no change of an object of Data Factory is ignored", () => {
  for (const { kind, raw } of adf) {
    const before = JSON.stringify(normalAdf(kind, raw));
    for (const path of leaves(raw)) {
      if (path[0] === "runtimeState") continue;
      expect(JSON.stringify(normalAdf(kind, mutated(raw, path))), path.join(".")).not.toBe(before);
    }
  }
});

it("keeps values of users that equal the words of defaults", () => {
  const parameters = {
    policy: { type: "Array", defaultValue: [{ retry: 0, state: "Active", none: null, empty: [] }] },
  };
  expect(normalAdf("pipeline", { parameters, activities: [] })).toEqual({ parameters });
  const values = { parameters: { schema: [], type: "string" } };
  expect(normalAdf("trigger", { pipelines: [values] })).toEqual({ pipelines: [values] });
  const nothing = { typeProperties: { storedProcedureParameters: { p: { value: null, type: "String" } } } };
  expect(normalAdf("pipeline", { activities: [nothing] })).toEqual({ activities: [nothing] });
});

it("of a factory only its own identity is compared", () => {
  const wanted = normalAdf("factory", { name: "f", properties: {}, identity: { type: "SystemAssigned" } });
  const answer = {
    identity: { type: "SystemAssigned,UserAssigned", principalId: "1", tenantId: "2" },
    properties: { provisioningState: "Succeeded", repoConfiguration: {} },
    tags: { owner: "team" },
  };
  expect(normalAdf("factory", answer)).toEqual(wanted);
  expect(normalAdf("factory", { identity: { type: "UserAssigned" } })).not.toEqual(wanted);
});

it("a job is equal however the Jobs API returns it", () => {
  fc.assert(
    fc.property(chosen, (choose) => {
      expect(normalJob(shuffled(fromJobsApi(job, choose), choose))).toEqual(job);
    }),
  );
});

it("no change of a job is ignored", () => {
  for (const path of leaves(job)) expect(sameJson(normalJob(mutated(job, path)), job), path.join(".")).toBe(false);
  const notified = { ...propertiesOf(job), email_notifications: { on_failure: ["a@example.com"] } };
  expect(sameJson(normalJob(notified), job)).toBe(false);
});

it("a job that runs another refers to it by name", () => {
  const task = (run: Json) => ({ tasks: [{ task_key: "a", run_job_task: run }] });
  expect(normalJob(task({ job_id: 7 }), (id) => `job ${id}`)).toEqual(task({ job_name: "job 7" }));
});

const lines = fc.array(fc.constantFrom("a", " b", "", "  c d", "-- e"), { minLength: 1 }).map((each) => [...each, "z"]);

it("texts with other line endings and trailing spaces are equal", () => {
  fc.assert(
    fc.property(lines, fc.constantFrom("\n", "\r\n", "\r"), fc.constantFrom("", " ", "\t"), (text, end, blank) => {
      const other = text.map((line) => line + blank).join(end);
      expect(normalNotebook("python", other)).toEqual(normalNotebook("PYTHON", `${text.join("\n")}\n\n`));
    }),
  );
});

it("no change of a text is ignored", () => {
  fc.assert(
    fc.property(lines, fc.nat(), (text, at) => {
      const joined = text.join("\n");
      const cut = at % (joined.length + 1);
      const other = `${joined.slice(0, cut)}x${joined.slice(cut)}`;
      expect(normalNotebook("PYTHON", other)).not.toEqual(normalNotebook("PYTHON", joined));
    }),
  );
});

it("a view is equal as the server stores it", () => {
  for (const { body } of objects.filter(({ kind }) => kind === "view")) {
    const text = String(propertiesOf(body).text);
    const kept = text.replace("CREATE OR ALTER VIEW", "CREATE   VIEW").replaceAll("\n", "\r\n").replace(/;\s*$/, "");
    expect(normalView(kept)).toEqual(body);
    expect(normalView(text.replace("CREATE OR ALTER VIEW", "alter view"))).toEqual(body);
    expect(ownerOfView(kept)).toEqual({ project: "olist", environment: "prod" });
  }
});

it("a description cannot forge an ownership mark", () => {
  const view = (doc: string, mark: string): string => `${doc}CREATE VIEW [gold].[t] AS\n${mark}SELECT 1 AS [a];`;
  expect(ownerOfView(view("-- medalc: project other\n", "-- medalc: project mine\n"))).toEqual({ project: "mine" });
  expect(ownerOfView(view("-- medalc: project other\n", "")).project).toBeUndefined();
  expect(ownerOfView("").project).toBeUndefined();
});

it("equivalent paths and URLs are equal", () => {
  expect(normalPath("/Workspace/medalc/olist/prod/")).toBe("/medalc/olist/prod");
  expect(normalPath("/Workspaces")).toBe("/Workspaces");
  expect(normalLocation("HTTPS://Acc.dfs.core.windows.net/Lake/gold/")).toBe(
    "https://acc.dfs.core.windows.net/Lake/gold",
  );
});

it("normalizing is idempotent", () => {
  for (const object of objects) expect(normalBody(object, object.body)).toEqual(object.body);
});
