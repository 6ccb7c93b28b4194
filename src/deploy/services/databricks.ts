/**
 * A Databricks workspace: the project's folder with its notebooks, and jobs, which are the project's by a tag. Jobs have
 * names that need not be unique and ids that the service gives; a job that is written again keeps its id.
 */
import { failure, isFailure } from "../../runner/errors.ts";
import { jobReferences, notebookReferences, PROJECT_TAG } from "../desired/databricks.ts";
import { isList, isObject, type JsonObject, propertiesOf, textOf } from "../json.ts";
import { normalFolder, normalJob, normalNotebook, normalPath } from "../normal/databricks.ts";
import type { ActualObject, DesiredObject, Json, Kind, ObjectId } from "../object.ts";
import type { ServiceClient } from "../service.ts";
import { type AzureAnswer, type AzureHttpOptions, createAzureHttp, errorCodeOf, problemOf } from "./azure-http.ts";
import { type Check, checked } from "./check.ts";
import { type Identity, identityOf } from "./credentials.ts";
import { refused } from "./problem.ts";

export interface DatabricksOptions {
  /** The workspace is the endpoint: `https://adb-1.azuredatabricks.net`. */
  readonly http: Omit<AzureHttpOptions, "service" | "grant">;
  /** The project's folder: `/Shared/medalc/olist`. All below it is the project's. */
  readonly folder: string;
  /** The value of the jobs' tag. */
  readonly project: string;
}

const SERVICE = "Databricks";
const PAGE = 100;
const CREATE_TRIES = 3;

interface JobEntry {
  readonly id: number;
  readonly name: string;
  readonly project: string | undefined;
}

export function createDatabricks({ http: httpOptions, folder, project }: DatabricksOptions): ServiceClient {
  const api = createApi(httpOptions);
  const root = normalPath(folder);

  const listJobs = async (name?: string): Promise<readonly JobEntry[]> => {
    const jobs: JobEntry[] = [];
    let token: string | undefined;
    do {
      const query = { limit: String(PAGE), ...(name === undefined ? {} : { name }), ...page(token) };
      const body = await api.get("list the jobs", ["2.2", "jobs", "list"], query);
      for (const each of isList(body.jobs) ? body.jobs : []) {
        const { job_id: id, settings } = propertiesOf(each);
        const { name: jobName, tags } = propertiesOf(settings);
        const mark = textOf(propertiesOf(tags)[PROJECT_TAG]);
        jobs.push({ id: Number(id), name: textOf(jobName) ?? "", project: mark });
      }
      token = nextPage(body, token, "list the jobs");
    } while (token !== undefined);
    return jobs;
  };

  /** The job's settings; tasks come in pages too. */
  const settingsOf = async ({ id, name }: JobEntry): Promise<JsonObject> => {
    let settings: JsonObject = {};
    let token: string | undefined;
    do {
      const query = { job_id: String(id), ...page(token) };
      const body = await api.get(`show the job ${name}`, ["2.2", "jobs", "get"], query);
      settings = joined(settings, propertiesOf(body.settings));
      token = nextPage(body, token, `show the job ${name}`);
    } while (token !== undefined);
    return settings;
  };

  const readJobs = async (wanted: ReadonlySet<string>): Promise<readonly ActualObject[]> => {
    const all = await listJobs();
    const names = new Map(all.map(({ id, name }) => [id, name]));
    const jobName = (id: Json): string => names.get(Number(id)) ?? String(id);
    const found = all.filter((job) => job.project === project || wanted.has(job.name));
    // Of several with one name that of the project is meant, of those the oldest.
    const byName = Map.groupBy(found.toSorted(byAge), ({ name }) => name);
    return Promise.all(
      [...byName.values()].flatMap((same) => {
        const ours = same.filter((job) => job.project === project);
        const [job] = [...ours, ...same];
        return job === undefined ? [] : [actualJob(job, ours.length, jobName)];
      }),
    );
  };

  const actualJob = async (job: JobEntry, count: number, jobName: (id: Json) => string): Promise<ActualObject> => {
    const body = normalJob(await settingsOf(job), jobName);
    return {
      ...databricks("job", job.name),
      // What nobody wants, so that writing the job removes the others.
      body: count > 1 ? { ...propertiesOf(body), jobs_of_this_name: count } : body,
      project: job.project,
      needs: jobReferences(body),
    };
  };

  /** The folder and all below it. What is neither folder nor notebook is nothing of a program. */
  const readFolder = async (path: string): Promise<readonly ActualObject[]> => {
    const listed = await api.find(`list the folder ${path}`, ["2.0", "workspace", "list"], { path });
    if (listed === undefined) return [];
    const own: ActualObject = { ...databricks("folder", path), body: normalFolder, project, needs: [] };
    const inside = await Promise.all(
      (isList(listed.objects) ? listed.objects : []).map(async (each) => {
        const { object_type: type, path: said, language } = propertiesOf(each);
        const below = normalPath(textOf(said) ?? "");
        // A notebook in place of the folder is listed as itself.
        if (below === path) return [];
        if (type === "DIRECTORY") return readFolder(below);
        return type === "NOTEBOOK" ? [await readNotebook(below, textOf(language) ?? "")] : [];
      }),
    );
    return [own, ...inside.flat()];
  };

  const readNotebook = async (path: string, language: string): Promise<ActualObject> => {
    const query = { path, format: "SOURCE" };
    const body = await api.get(`export the notebook ${path}`, ["2.0", "workspace", "export"], query);
    const text = Buffer.from(textOf(body.content) ?? "", "base64").toString("utf8");
    const needs = notebookReferences(path, text);
    return { ...databricks("notebook", path), body: normalNotebook(language, text), project, needs };
  };

  const jobsNamed = async (name: string): Promise<readonly JobEntry[]> => {
    // The filter of the list does not look at letter case.
    const same = (await listJobs(name)).filter((job) => job.name === name).toSorted(byAge);
    const ours = same.filter((job) => job.project === project);
    return ours.length > 0 ? ours : same.slice(0, 1);
  };

  const deleteJob = async ({ id, name }: JobEntry): Promise<void> => {
    const action = `remove the job ${name}`;
    const answer = await api.post(action, ["2.2", "jobs", "delete"], { job_id: id });
    // Of a job that is gone the service says that the parameter is wrong.
    const gone = answer.status === 400 && /does not exist/i.test(problemOf(answer));
    if (!gone) api.done(action, answer);
  };

  const writeJob = async ({ name, body }: DesiredObject): Promise<void> => {
    const action = `write the job ${name}`;
    const settings = propertiesOf(await withIds(body, jobsNamed));
    for (let tries = 1; ; tries++) {
      const [job, ...others] = await jobsNamed(name);
      if (job !== undefined) {
        const reset = { job_id: job.id, new_settings: settings };
        api.done(action, await api.post(action, ["2.2", "jobs", "reset"], reset));
        for (const each of others) await deleteJob(each);
        return;
      }
      try {
        api.done(action, await api.post(action, ["2.2", "jobs", "create"], settings, false));
        return;
      } catch (error) {
        // Nobody knows whether it was created: the list does.
        if (!isUncertain(error) || tries >= CREATE_TRIES) throw error;
      }
    }
  };

  return {
    service: "databricks",
    async read(wanted) {
      const names = new Set(wanted.filter(({ kind }) => kind === "job").map(({ name }) => name));
      const [files, jobs] = await Promise.all([readFolder(root), readJobs(names)]);
      return [...files, ...jobs];
    },
    async write(object) {
      const { kind, name, body } = object;
      const said = propertiesOf(body);
      switch (kind) {
        case "folder": {
          const action = `make the folder ${name}`;
          api.done(action, await api.post(action, ["2.0", "workspace", "mkdirs"], { path: name }));
          break;
        }
        case "notebook": {
          const action = `import the notebook ${name}`;
          const content = Buffer.from(textOf(said.text) ?? "").toString("base64");
          const sent = { path: name, format: "SOURCE", language: said.language ?? "PYTHON", content, overwrite: true };
          api.done(action, await api.post(action, ["2.0", "workspace", "import"], sent));
          break;
        }
        case "job":
          await writeJob(object);
          break;
        default:
          throw new Error(`${kind} is no kind of Databricks`);
      }
    },
    async remove({ kind, name }) {
      if (kind === "job") {
        for (const job of await listJobs(name)) {
          if (job.name === name && job.project === project) await deleteJob(job);
        }
        return;
      }
      const action = `remove the ${kind} ${name}`;
      // Not what somebody else has put into a folder.
      const answer = await api.post(action, ["2.0", "workspace", "delete"], { path: name, recursive: false });
      if (errorCodeOf(answer) !== MISSING) api.done(action, answer);
    },
  };
}

function databricks<K extends Kind>(kind: K, name: string): ObjectId & { readonly kind: K } {
  return { service: "databricks", kind, name };
}

function byAge(a: JobEntry, b: JobEntry): number {
  return a.id - b.id;
}

const MISSING = "RESOURCE_DOES_NOT_EXIST";

function isUncertain(error: unknown): boolean {
  return (
    isFailure(error) && error.diagnostics.some(({ code }) => code === "service-unreachable" || code === "service-busy")
  );
}

/** Settings as they are sent: the jobs that tasks run by their ids in place of their names. */
async function withIds(body: Json, jobsNamed: (name: string) => Promise<readonly JobEntry[]>): Promise<Json> {
  if (isList(body)) return Promise.all(body.map((each) => withIds(each, jobsNamed)));
  if (!isObject(body)) return body;
  const entries = Object.entries(body).map(async ([name, value]) => {
    const job = name === "run_job_task" ? textOf(propertiesOf(value).job_name) : undefined;
    if (job === undefined) return [name, await withIds(value, jobsNamed)];
    const { job_name: _, ...rest } = propertiesOf(value);
    const [found] = await jobsNamed(job);
    // One that is not there is refused by the service, in its own words.
    return [name, { ...rest, job_id: found?.id ?? 0 }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** What pages of a job say together: lists go on, the rest is the same in each. */
function joined(before: JsonObject, after: JsonObject): JsonObject {
  const entries = Object.entries(after).map(([name, value]): [string, Json] => {
    const known = before[name];
    const goesOn = isList(known) && isList(value) && JSON.stringify(known) !== JSON.stringify(value);
    return [name, goesOn ? [...known, ...value] : value];
  });
  return { ...before, ...Object.fromEntries(entries) };
}

function page(token: string | undefined): { readonly page_token?: string } {
  return token === undefined ? {} : { page_token: token };
}

function nextPage(body: JsonObject, before: string | undefined, action: string): string | undefined {
  const next = textOf(body.next_page_token);
  if (next === undefined || next === "") return undefined;
  if (next === before) throw failure(refused({ service: SERVICE, action }, "its pages have no end"));
  return next;
}

type Path = readonly [version: string, ...words: string[]];

interface Api {
  get(action: string, path: Path, query: Readonly<Record<string, string>>): Promise<JsonObject>;
  /** Undefined where the service says that there is no such thing. */
  find(action: string, path: Path, query: Readonly<Record<string, string>>): Promise<JsonObject | undefined>;
  post(action: string, path: Path, body: Json, repeatable?: boolean): Promise<AzureAnswer>;
  /** Throws a failure with the service's words for an answer that is none of success. */
  done(action: string, answer: AzureAnswer): JsonObject;
}

function createApi(options: DatabricksOptions["http"]): Api {
  const http = createAzureHttp({ ...options, service: SERVICE, grant: grantCommand });
  const done = (action: string, answer: AzureAnswer): JsonObject => {
    if (answer.status === 200) return propertiesOf(answer.body);
    throw failure(refused({ service: SERVICE, action }, problemOf(answer)));
  };
  return {
    done,
    get: async (action, path, query) =>
      done(action, await http.send({ action, method: "GET", path: ["api", ...path], query })),
    find: async (action, path, query) => {
      const answer = await http.send({ action, method: "GET", path: ["api", ...path], query });
      return errorCodeOf(answer) === MISSING ? undefined : done(action, answer);
    },
    post: (action, path, body, repeatable = true) =>
      http.send({ action, method: "POST", path: ["api", ...path], body, repeatable }),
  };
}

/** Makes the identity known to the workspace, with what a deployment and its job need. */
function grantCommand(identity: Identity | undefined): string {
  const entitlements = [{ value: "workspace-access" }, { value: "allow-cluster-create" }];
  const name = identity?.name ?? "APPLICATION_ID";
  return identity?.kind === "User"
    ? `databricks users create --json '${JSON.stringify({ userName: name, entitlements })}'`
    : `databricks service-principals create --json '${JSON.stringify({ applicationId: name, entitlements })}'`;
}

/** Whether the workspace answers, knows the identity, and shows it the project's folder and jobs. Nothing is written. */
export async function checkDatabricks(options: DatabricksOptions): Promise<readonly Check[]> {
  const { http, folder } = options;
  const api = createApi(http);
  const root = normalPath(folder);
  const steps: readonly (readonly [what: string, work: () => Promise<string>])[] = [
    [
      `workspace ${http.endpoint}`,
      async () => {
        const me = await api.get("show who this is", ["2.0", "preview", "scim", "v2", "Me"], {});
        const name = textOf(me.displayName) ?? textOf(me.userName) ?? identityOf(await http.tokens.current())?.name;
        return `answers and knows ${name ?? "this identity"}`;
      },
    ],
    [
      `folder ${root}`,
      async () => {
        const status = await api.find(`show the folder ${root}`, ["2.0", "workspace", "get-status"], { path: root });
        if (status === undefined) return "is not there yet: the first deployment makes it";
        if (status.object_type === "DIRECTORY") return "is there and can be read";
        const problem = `${root} is ${textOf(status.object_type) ?? "something else"}`;
        throw failure(refused({ service: SERVICE, action: `make the folder ${root}` }, problem));
      },
    ],
    [
      "jobs",
      async () => {
        await api.get("list the jobs", ["2.2", "jobs", "list"], { limit: "1" });
        return "can be listed";
      },
    ],
  ];
  const checks: Check[] = [];
  for (const [what, work] of steps) {
    const check = await checked(what, work);
    checks.push(check);
    if (check.kind === "wrong") break;
  }
  return checks;
}
