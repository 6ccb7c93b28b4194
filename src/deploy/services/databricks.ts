/**
 * The client for a Databricks workspace: the project's folder with its notebooks, and its jobs, identified by a tag. Job
 * names need not be unique, and the service assigns job ids; a job that is written again keeps its id.
 */
import { failure, isFailure } from "../../runner/errors.ts";
import { principalKind } from "../../semantics/setting-rules.ts";
import { ENVIRONMENT_TAG, folderKey, jobReferences, notebookReferences, PROJECT_TAG } from "../desired/databricks.ts";
import { isList, isObject, type JsonObject, propertiesOf, textOf } from "../json.ts";
import { normalFolder, normalJob, normalNotebook, normalPath } from "../normalize/databricks.ts";
import type { ActualObject, DesiredObject, Json, Kind, ObjectId } from "../object.ts";
import type { ServiceClient } from "../service.ts";
import { errorCodeOf, problemOf } from "./azure-http.ts";
import { createApi, type DatabricksOptions, MISSING, SERVICE } from "./databricks-api.ts";
import { createPermissions, type Permissions } from "./databricks-permissions.ts";
import { refused } from "./service-errors.ts";
import { createUnityCatalog } from "./unity-catalog.ts";
import { unzip } from "./unzip.ts";

const PAGE = 100;
const CREATE_TRIES = 3;
/** From this number of notebooks on, they are exported in one request. */
const WORTH_AN_ARCHIVE = 10;

interface JobEntry {
  readonly id: number;
  readonly name: string;
  readonly project: string | undefined;
  readonly environment: string | undefined;
}

interface JobAnswer {
  readonly settings: JsonObject;
  readonly runAs: string | undefined;
  readonly creator: string | undefined;
}

interface Entry {
  readonly path: string;
  readonly kind: "folder" | "notebook" | "file";
  /** Of a notebook. */
  readonly language: string;
}

export function createDatabricks({ http: httpOptions, folder, owner }: DatabricksOptions): ServiceClient {
  const api = createApi(httpOptions);
  const permissions = createPermissions(api);
  const catalog = createUnityCatalog(api, owner);
  const { project } = owner;
  const isOurJob = (job: JobEntry): boolean =>
    job.project === project && (job.environment === undefined || job.environment === owner.environment);
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
        const mark = (tag: string): string | undefined => textOf(propertiesOf(tags)[tag]);
        const marks = { project: mark(PROJECT_TAG), environment: mark(ENVIRONMENT_TAG) };
        jobs.push({ id: Number(id), name: textOf(jobName) ?? "", ...marks });
      }
      token = nextPage(body, token, "list the jobs");
    } while (token !== undefined);
    return jobs;
  };

  /** The job's settings; tasks come in pages too. */
  const settingsOf = async ({ id, name }: JobEntry): Promise<JobAnswer> => {
    let settings: JsonObject = {};
    let who: Pick<JobAnswer, "runAs" | "creator"> = { runAs: undefined, creator: undefined };
    let token: string | undefined;
    do {
      const query = { job_id: String(id), ...page(token) };
      const body = await api.get(`show the job ${name}`, ["2.2", "jobs", "get"], query);
      settings = joined(settings, propertiesOf(body.settings));
      who = { runAs: textOf(body.run_as_user_name), creator: textOf(body.creator_user_name) };
      token = nextPage(body, token, `show the job ${name}`);
    } while (token !== undefined);
    return { settings, ...who };
  };

  const readJobs = async (wanted: ReadonlyMap<string, JsonObject>): Promise<readonly ActualObject[]> => {
    const all = await listJobs();
    const names = new Map(all.map(({ id, name }) => [id, name]));
    const jobName = (id: Json): string => names.get(Number(id)) ?? String(id);
    const found = all.filter((job) => isOurJob(job) || wanted.has(job.name));
    // Of several with one name that of the project is meant, of those the oldest.
    const byName = Map.groupBy(found.toSorted(byAge), ({ name }) => name);
    return Promise.all(
      [...byName.values()].flatMap((same) => {
        const ours = same.filter(isOurJob);
        const [job] = [...ours, ...same];
        return job === undefined ? [] : [actualJob(job, ours.length, jobName, wanted.get(job.name) ?? {})];
      }),
    );
  };

  const actualJob = async (
    job: JobEntry,
    count: number,
    jobName: (id: Json) => string,
    wanted: JsonObject,
  ): Promise<ActualObject> => {
    const { settings, runAs, creator } = await settingsOf(job);
    const { run_as: _, ...own } = settings;
    // A job runs as its creator unless somebody says otherwise.
    const isSet = runAs !== undefined && (wanted.run_as !== undefined || runAs !== creator);
    const granted = grantsIn(wanted);
    const body: JsonObject = {
      ...propertiesOf(normalJob(own, jobName)),
      ...(isSet ? { run_as: { [principalKind(runAs)]: runAs } } : {}),
      ...(granted === undefined ? {} : { permissions: await permissions.read("jobs", String(job.id), granted) }),
    };
    return {
      ...databricks("job", job.name),
      // What nobody wants, so that writing the job removes the others.
      body: count > 1 ? { ...body, jobs_of_this_name: count } : body,
      project: job.project,
      ...(job.environment === undefined ? {} : { environment: job.environment }),
      id: String(job.id),
      needs: jobReferences(body),
    };
  };

  /** The folder and all below it. What is neither folder nor notebook is nothing of a program, and keeps its folder. */
  const listFolder = async (path: string): Promise<readonly Entry[]> => {
    const listed = await api.find(`list the folder ${path}`, ["2.0", "workspace", "list"], { path });
    if (listed === undefined) return [];
    const inside = await Promise.all(
      (isList(listed.objects) ? listed.objects : []).map(async (each): Promise<readonly Entry[]> => {
        const { object_type: type, path: said, language } = propertiesOf(each);
        const below = normalPath(textOf(said) ?? "");
        // A notebook in place of the folder is listed as itself.
        if (below === path) return [];
        if (type === "DIRECTORY") return listFolder(below);
        const kind = type === "NOTEBOOK" ? "notebook" : "file";
        return [{ path: below, kind, language: textOf(language) ?? "" }];
      }),
    );
    return [{ path, kind: "folder", language: "" }, ...inside.flat()];
  };

  const exported = async (path: string): Promise<Buffer> => {
    const query = { path, format: "SOURCE" };
    const body = await api.get(`export the notebook ${path}`, ["2.0", "workspace", "export"], query);
    return Buffer.from(textOf(body.content) ?? "", "base64");
  };

  /** All notebooks in one answer; none where the service has no archive to give, or the folder is too large for one. */
  const exportedTogether = async (notebooks: readonly Entry[]): Promise<ReadonlyMap<string, Buffer>> => {
    const request = { action: `export the folder ${root}`, query: { path: root, format: "SOURCE" } };
    const answer = await api.send({ ...request, method: "GET", path: ["api", "2.0", "workspace", "export"] });
    const content = answer.status === 200 ? textOf(propertiesOf(answer.body).content) : undefined;
    const files = content === undefined ? undefined : unzip(Buffer.from(content, "base64"));
    return files === undefined ? new Map() : byPath(files, root, notebooks);
  };

  /** Of a notebook that nobody wants, nothing where the service does not give it: it may be of any size and kind. */
  const textOfNotebook = async (path: string, isWanted: boolean): Promise<string> => {
    try {
      return (await exported(path)).toString("utf8");
    } catch (error) {
      const isRefused = isFailure(error) && error.diagnostics.every(({ code }) => code === "service-refused");
      if (isWanted || !isRefused) throw error;
      return "";
    }
  };

  /** The id of a folder, by which the permissions API knows it. */
  const folderId = async (path: string): Promise<string> => {
    const status = await api.get(`read the folder ${path}`, ["2.0", "workspace", "get-status"], { path });
    return String(status.object_id);
  };

  const folderBody = async (path: string, wanted: JsonObject): Promise<Json> => {
    const granted = grantsIn(wanted);
    if (granted === undefined) return normalFolder;
    return { permissions: await permissions.read("directories", await folderId(path), granted) };
  };

  const readFolder = async (
    wanted: ReadonlySet<string>,
    folders: ReadonlyMap<string, JsonObject>,
  ): Promise<readonly ActualObject[]> => {
    const entries = await listFolder(root);
    const notebooks = entries.filter(({ kind }) => kind === "notebook");
    const together = notebooks.length < WORTH_AN_ARCHIVE ? new Map() : await exportedTogether(notebooks);
    return Promise.all(
      entries.map(async ({ path, kind, language }): Promise<ActualObject> => {
        const inFolder = path === root ? [] : [folderKey(path)];
        if (kind === "folder") {
          const body = await folderBody(path, folders.get(path) ?? {});
          return { ...databricks(kind, path), body, project, needs: inFolder };
        }
        // Nothing of ours, whatever its name.
        if (kind === "file") return { ...databricks(kind, path), body: {}, project: undefined, needs: inFolder };
        const text = together.get(path)?.toString("utf8") ?? (await textOfNotebook(path, wanted.has(path)));
        const needs = [...inFolder, ...notebookReferences(path, text)];
        return { ...databricks(kind, path), body: normalNotebook(language, text), project, needs };
      }),
    );
  };

  const jobsNamed = async (name: string): Promise<readonly JobEntry[]> => {
    // The filter of the list does not look at letter case.
    const same = (await listJobs(name)).filter((job) => job.name === name).toSorted(byAge);
    const ours = same.filter(isOurJob);
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
    const { permissions: _, ...said } = propertiesOf(body);
    const settings = propertiesOf(await withIds(said, jobsNamed));
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

  const grantOnJob = async (name: string, granted: Permissions | undefined): Promise<void> => {
    const [job] = granted === undefined ? [] : await jobsNamed(name);
    if (job !== undefined && granted !== undefined) {
      await permissions.write("jobs", String(job.id), granted, principalKind);
    }
  };

  return {
    service: "databricks",
    async read(wanted) {
      const bodies = (of: Kind): ReadonlyMap<string, JsonObject> =>
        new Map(wanted.flatMap(({ kind, name, body }) => (kind === of ? [[name, propertiesOf(body)] as const] : [])));
      const notebooks = new Set(bodies("notebook").keys());
      const [files, jobs, tables] = await Promise.all([
        readFolder(notebooks, bodies("folder")),
        readJobs(bodies("job")),
        catalog.read(bodies("catalogSchema")),
      ]);
      return [...files, ...jobs, ...tables];
    },
    async idOf({ name }) {
      const [job] = await jobsNamed(name);
      return job === undefined ? undefined : String(job.id);
    },
    async write(object) {
      const { kind, name, body } = object;
      const said = propertiesOf(body);
      switch (kind) {
        case "folder": {
          const action = `create the folder ${name}`;
          api.done(action, await api.post(action, ["2.0", "workspace", "mkdirs"], { path: name }));
          const granted = grantsIn(said);
          if (granted !== undefined) {
            await permissions.write("directories", await folderId(name), granted, principalKind);
          }
          break;
        }
        case "notebook": {
          const action = `import the notebook ${name}`;
          const content = Buffer.from(textOf(said.text) ?? "").toString("base64");
          const sent = { path: name, format: "SOURCE", language: said.language ?? "PYTHON", content, overwrite: true };
          api.done(action, await api.post(action, ["2.0", "workspace", "import"], sent));
          break;
        }
        case "catalogSchema":
          await catalog.writeSchema(name, said);
          break;
        case "job":
          await writeJob(object);
          await grantOnJob(object.name, grantsIn(said));
          break;
        default:
          throw new Error(`${kind} is no kind of Databricks`);
      }
    },
    async remove({ kind, name }) {
      if (kind === "job") {
        for (const job of await listJobs(name)) {
          if (job.name === name && isOurJob(job)) await deleteJob(job);
        }
        return;
      }
      if (kind === "catalogTable") return catalog.removeTable(name);
      const action = `remove the ${kind} ${name}`;
      // Not what somebody else has put into a folder.
      const answer = await api.post(action, ["2.0", "workspace", "delete"], { path: name, recursive: false });
      if (errorCodeOf(answer) !== MISSING) api.done(action, answer);
    },
  };
}

/** The permissions in a wanted body; undefined if the program leaves them as they are. */
function grantsIn({ permissions }: JsonObject): Permissions | undefined {
  if (permissions === undefined) return undefined;
  return Object.fromEntries(Object.entries(propertiesOf(permissions)).map(([name, level]) => [name, String(level)]));
}

function databricks<K extends Kind>(kind: K, name: string): ObjectId & { readonly kind: K } {
  return { service: "databricks", kind, name };
}

/**
 * The notebooks by their paths in the workspace. In an archive they lie below the folder's name or not, each with the
 * ending of its language.
 */
function byPath(
  files: ReadonlyMap<string, Buffer>,
  root: string,
  notebooks: readonly Entry[],
): ReadonlyMap<string, Buffer> {
  const above = `${root.slice(root.lastIndexOf("/") + 1)}/`;
  const inFolder = [...files.keys()].every((name) => name.startsWith(above));
  const known = new Set(notebooks.map(({ path }) => path));
  const found = new Map<string, Buffer>();
  for (const [name, data] of files) {
    const path = `${root}/${inFolder ? name.slice(above.length) : name}`.replace(/\.\w+$/, "");
    if (known.has(path)) found.set(path, data);
  }
  return found;
}

function byAge(a: JobEntry, b: JobEntry): number {
  return a.id - b.id;
}

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
  if (next === before) throw failure(refused({ service: SERVICE, action }, "its pagination does not end"));
  return next;
}
