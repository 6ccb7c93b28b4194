/**
 * A Databricks workspace on loopback: folders and notebooks as its own format changes them, jobs with what the service
 * fills in, pages, the error codes that clients decide by, tokens of Entra, the limit on what a notebook may hold.
 */
import { type AccessState, createAccess } from "./access.ts";
import { error, type JsonObject, listIn, objectIn } from "./databricks-answers.ts";
import { createFakeCatalog, type FakeCatalog } from "./databricks-catalog.ts";
import { filledIn, problemOf, runAsOf, withoutRunAs } from "./databricks-jobs.ts";
import { routesOfLake } from "./databricks-lake.ts";
import {
  archive,
  ENDINGS,
  type Entry,
  importInto,
  LONGEST_NOTEBOOK,
  missing,
  parentOf,
  sourceOf,
  statusOf,
  tooLarge,
} from "./databricks-notebooks.ts";
import { permissionsAnswer } from "./databricks-permissions.ts";
import type { Entra } from "./entra.ts";
import { createFaults, type FakeAnswer, type FakeRequest, type FakeServer, type Faults, startServer } from "./http.ts";

const AUDIENCE = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
const MOST_JOBS = 100;
/** Tasks of a job in one page of `jobs/get`. */
const MOST_TASKS = 100;

export interface FakeWorkspace extends FakeServer {
  /** What lies at a path: `undefined`, `folder`, `file`, or the source of a notebook without its header. */
  at(path: string): string | undefined;
  /** Puts something there as somebody else would. */
  put(path: string, what: "folder" | "file" | { readonly language: string; readonly text: string }): void;
  /** The jobs by their ids, with what the service filled in. */
  readonly jobs: ReadonlyMap<number, JsonObject>;
  addJob(settings: JsonObject): number;
  /** Changes settings of a job as somebody else would. */
  changeJob(id: number, settings: JsonObject): void;
  /** Grants something more, as somebody else would. */
  grant(key: string, entry: JsonObject): void;
  /** What is granted on a folder or a job itself, by `directories/<id>` and `jobs/<id>`. */
  readonly grants: ReadonlyMap<string, readonly JsonObject[]>;
  /** Unity Catalog. */
  readonly catalog: FakeCatalog;
  /** What lies below a path, as `at` says it. */
  below(path: string): Readonly<Record<string, string>>;
  /** Remembers all that there is; the function brings it back. */
  save(): () => void;
}

export interface WorkspaceOptions {
  readonly entra: Entra;
  readonly faults?: Faults;
  readonly access?: AccessState;
  /** Paths below which the identity may do nothing. */
  readonly denied?: readonly string[];
  /** Bytes that an export may have, 10 MB by default. */
  readonly longestArchive?: number;
}

export async function startWorkspace(options: WorkspaceOptions): Promise<FakeWorkspace> {
  const { entra, faults = createFaults(), denied = [], access = createAccess() } = options;
  const catalog = createFakeCatalog(access, entra.objectId);
  const entries = new Map<string, Entry>();
  const jobs = new Map<number, JsonObject>();
  let next = 1_000_000_000_001;
  const newId = (): number => next++;
  for (const path of ["/", "/Shared", "/Users"]) entries.set(path, { kind: "folder", id: newId() });

  const addJob = (settings: JsonObject): number => {
    const id = newId();
    jobs.set(id, filledIn(settings));
    return id;
  };
  const makeFolders = (path: string): void => {
    if (path === "/") return;
    makeFolders(parentOf(path));
    if (!entries.has(path)) entries.set(path, { kind: "folder", id: newId() });
  };

  const grants = new Map<string, readonly JsonObject[]>();
  const isThere = (type: string, id: string): boolean =>
    type === "jobs" ? jobs.has(Number(id)) : [...entries.values()].some((each) => String(each.id) === id);
  const routes: Readonly<Record<string, (request: Call) => FakeAnswer>> = {
    "GET 2.0 preview scim v2 Me": () => ({
      status: 200,
      body: { id: "1", userName: entra.objectId, displayName: "medalc", active: true },
    }),
    "POST 2.0 workspace mkdirs": ({ path }) => {
      for (let at = path; at !== "/"; at = parentOf(at)) {
        const there = entries.get(at);
        if (there !== undefined && there.kind !== "folder") {
          return error(400, "RESOURCE_ALREADY_EXISTS", `Cannot create directory: ${at} is no directory.`);
        }
      }
      makeFolders(path);
      return { status: 200, body: {} };
    },
    "GET 2.0 workspace get-status": ({ path }) => {
      const entry = entries.get(path);
      return entry === undefined ? missing(path) : { status: 200, body: statusOf(path, entry) };
    },
    "GET 2.0 workspace list": ({ path }) => {
      const entry = entries.get(path);
      if (entry === undefined) return missing(path);
      const inside = [...entries].filter(([each]) => each !== "/" && parentOf(each) === path);
      const listed: readonly (readonly [string, Entry])[] = entry.kind === "folder" ? inside : [[path, entry]];
      // An empty folder is told without a list.
      return {
        status: 200,
        body: listed.length === 0 ? {} : { objects: listed.map(([each, its]) => statusOf(each, its)) },
      };
    },
    "POST 2.0 workspace import": ({ path, body }) => importInto(entries, path, body, newId),
    "GET 2.0 workspace export": ({ path, query }) => {
      const entry = entries.get(path);
      if (entry === undefined) return missing(path);
      if (entry.kind === "file" || query.get("format") !== "SOURCE") {
        return error(400, "BAD_REQUEST", "Only notebooks and folders of them are exported here, as source.");
      }
      const source = entry.kind === "notebook" ? Buffer.from(sourceOf(entry)) : archive(entries, path);
      if (source.length > (options.longestArchive ?? LONGEST_NOTEBOOK)) return tooLarge(path);
      const type = entry.kind === "notebook" ? ENDINGS[entry.language] : "zip";
      return { status: 200, body: { content: source.toString("base64"), file_type: type } };
    },
    "POST 2.0 workspace delete": ({ path, body }) => {
      if (!entries.has(path)) return missing(path);
      const inside = [...entries.keys()].filter((each) => each.startsWith(`${path}/`));
      if (inside.length > 0 && body.recursive !== true) {
        return error(400, "DIRECTORY_NOT_EMPTY", `Folder (${path}) is not empty`);
      }
      for (const each of [...inside, path]) entries.delete(each);
      return { status: 200, body: {} };
    },
    "GET 2.2 jobs list": ({ query }) => {
      const name = query.get("name")?.toLowerCase();
      const found = [...jobs].filter(([, { name: has }]) => name === undefined || String(has).toLowerCase() === name);
      const from = Number(query.get("page_token") ?? 0);
      const limit = Math.min(Number(query.get("limit") ?? 20), MOST_JOBS);
      const page = found.slice(from, from + limit).map(([id, { tasks: _, job_clusters: __, ...settings }]) => ({
        job_id: id,
        creator_user_name: entra.objectId,
        created_time: 1_700_000_000_000,
        settings,
      }));
      const more = from + limit < found.length;
      return {
        status: 200,
        body: {
          ...(page.length === 0 ? {} : { jobs: page }),
          has_more: more,
          ...(more ? { next_page_token: String(from + limit) } : {}),
        },
      };
    },
    "GET 2.2 jobs get": ({ query }) => {
      const id = Number(query.get("job_id"));
      const job = jobs.get(id);
      if (job === undefined) return noJob(id);
      const tasks = listIn(job.tasks).toSorted((a, b) => (String(a.task_key) < String(b.task_key) ? -1 : 1));
      const from = Number(query.get("page_token") ?? 0);
      const more = from + MOST_TASKS < tasks.length;
      const settings = { ...job, tasks: tasks.slice(from, from + MOST_TASKS) };
      return {
        status: 200,
        body: {
          job_id: id,
          creator_user_name: entra.objectId,
          run_as_user_name: runAsOf(job) ?? entra.objectId,
          created_time: 1_700_000_000_000,
          settings: withoutRunAs(settings),
          ...(more ? { next_page_token: String(from + MOST_TASKS) } : {}),
        },
      };
    },
    "POST 2.2 jobs create": ({ body }) => {
      const problem = problemOf(body, jobs);
      if (problem !== undefined) return error(400, "INVALID_PARAMETER_VALUE", problem);
      return { status: 200, body: { job_id: addJob(body) } };
    },
    "POST 2.2 jobs reset": ({ body }) => {
      const id = Number(body.job_id);
      const settings = objectIn(body.new_settings);
      if (!jobs.has(id)) return noJob(id);
      const problem = problemOf(settings, jobs);
      if (problem !== undefined) return error(400, "INVALID_PARAMETER_VALUE", problem);
      jobs.set(id, filledIn(settings));
      return { status: 200, body: {} };
    },
    "POST 2.2 jobs delete": ({ body }) => {
      const id = Number(body.job_id);
      return jobs.delete(id) ? { status: 200, body: {} } : noJob(id);
    },
  };

  const lakeRoutes = routesOfLake(access);
  const service = (request: FakeRequest): FakeAnswer => {
    const refusal = entra.refusal(request.headers.authorization, AUDIENCE);
    if (refusal !== undefined) return { ...refusal, body: { error_code: 401, message: "Token is expired." } };
    const lake = request.method === "GET" ? lakeRoutes(request.path.slice(1), request.query) : undefined;
    if (lake !== undefined) return lake;
    const inCatalog = catalog.answer(request);
    if (inCatalog !== undefined) return inCatalog;
    const [, , api, type, id] = request.path;
    if (api === "permissions" && type !== undefined && id !== undefined) {
      if (!isThere(type, id)) return error(404, "RESOURCE_DOES_NOT_EXIST", `${type} ${id} does not exist.`);
      return permissionsAnswer(grants, { type, id, owner: entra.objectId, request });
    }
    const route = routes[`${request.method} ${request.path.slice(1).join(" ")}`];
    if (request.path[0] !== "api" || route === undefined) {
      return error(404, "ENDPOINT_NOT_FOUND", `No API found for '${request.method} /${request.path.join("/")}'`);
    }
    const body = request.body === "" ? {} : objectIn(JSON.parse(request.body));
    const said = request.query.get("path") ?? (typeof body.path === "string" ? body.path : "/");
    const path = said.replace(/^\/Workspace(?=\/)/, "");
    if (!path.startsWith("/")) return error(400, "INVALID_PARAMETER_VALUE", `Path (${path}) doesn't start with '/'`);
    if (denied.some((each) => path.startsWith(each))) {
      return error(403, "PERMISSION_DENIED", `${entra.objectId} does not have Manage permissions on ${path}.`);
    }
    return route({ path, query: request.query, body });
  };

  const server = await startServer(service, faults);
  const said = (entry: Entry): string => (entry.kind === "notebook" ? entry.text : entry.kind);
  return {
    ...server,
    catalog,
    jobs,
    grants,
    addJob,
    changeJob: (id, settings) => void jobs.set(id, { ...jobs.get(id), ...settings }),
    grant: (key, entry) => void grants.set(key, [...(grants.get(key) ?? []), entry]),
    at(path) {
      const entry = entries.get(path);
      return entry && said(entry);
    },
    below(path) {
      const inside = [...entries].filter(([each]) => each.startsWith(`${path}/`)).sort();
      return Object.fromEntries(inside.map(([each, entry]) => [each, said(entry)]));
    },
    save() {
      const restoreCatalog = catalog.save();
      const saved = { entries: new Map(entries), jobs: new Map(jobs), grants: new Map(grants) };
      return () => {
        restoreCatalog();
        entries.clear();
        for (const [path, entry] of saved.entries) entries.set(path, entry);
        jobs.clear();
        for (const [id, job] of saved.jobs) jobs.set(id, job);
        grants.clear();
        for (const [key, list] of saved.grants) grants.set(key, list);
      };
    },
    put(path, what) {
      makeFolders(parentOf(path));
      if (what === "folder") makeFolders(path);
      else if (what === "file") entries.set(path, { kind: "file", id: newId() });
      else entries.set(path, { kind: "notebook", id: newId(), ...what });
    },
  };
}

interface Call {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

function noJob(id: number): FakeAnswer {
  return error(400, "INVALID_PARAMETER_VALUE", `Job ${id} does not exist.`);
}
