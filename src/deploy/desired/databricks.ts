/** Folders, notebooks and jobs of the workspace, from the bundle: as its own tool would deploy it for one target. */
import { parse } from "yaml";
import type { OutputFile } from "../../codegen/files.ts";
import { safeName } from "../../codegen/shared/names.ts";
import { isList, isObject, type JsonObject, objectOf, propertiesOf, textOf } from "../json.ts";
import { normalFolder, normalJob, normalNotebook, normalPath, normalSchema } from "../normalize/databricks.ts";
import { type DesiredObject, type Json, type Kind, keyOf, type ObjectKey } from "../object.ts";
import { tablesOf } from "./tables.ts";

const BUNDLE = "databricks/databricks.yml";

/** The job's tags that name its owner. */
export const PROJECT_TAG = "medal_project";
export const ENVIRONMENT_TAG = "medal_environment";

/** @param environment the environment's name: the bundle has a target for each. */
export function desiredDatabricks(files: readonly OutputFile[], environment: string): readonly DesiredObject[] {
  const file = files.find(({ path }) => path === BUNDLE);
  if (file === undefined) return [];
  const bundle = propertiesOf(parse(file.text));
  const name = safeName(environment);
  const target = propertiesOf(propertiesOf(bundle.targets)[name]);
  const root = normalPath(textOf(propertiesOf(target.workspace).root_path) ?? "");
  const notebooks = files.flatMap((each) => notebook(each, root));
  const folders = foldersOf(root, notebooks, permissionsOf(target, FOLDER_LEVELS));
  const at = { name, target, root };
  const schemas = schemasOf(bundle, at);
  const inSchemas = schemas.map(keyOf);
  const jobs = jobsOf(bundle, at).map((job) => ({ ...job, needs: [...job.needs, ...inSchemas] }));
  return [...schemas, ...folders, ...notebooks, ...jobs];
}

/** The schemas in Unity Catalog of the tables that the job registers. */
function schemasOf({ resources, variables }: JsonObject, at: BundleTarget): readonly DesiredObject[] {
  const schemas = propertiesOf(at.target.resources).schemas ?? propertiesOf(resources).schemas;
  const filled = fillerOf(variables, at);
  return Object.values(propertiesOf(schemas)).map((each): DesiredObject => {
    const schema = propertiesOf(mapTexts(each, filled));
    return {
      ...databricks("catalogSchema", `${textOf(schema.catalog_name)}.${textOf(schema.name)}`),
      body: normalSchema(schema, isList(schema.grants) ? schema.grants : undefined),
      needs: [],
      tables: [],
      file: BUNDLE,
    };
  });
}

/** Fills in the references of the bundle's own format, except those to jobs. */
function fillerOf(variables: Json | undefined, { name, target }: BundleTarget): (text: string) => string {
  const overrides = propertiesOf(target.variables);
  return (text) =>
    text.replace(/\$\{bundle\.target\}/g, name).replace(/\$\{var\.(\w+)\}/g, (_, each: string) => {
      const value = overrides[each] ?? propertiesOf(propertiesOf(variables)[each]).default;
      if (typeof value !== "string") throw new Error(`the bundle's variable ${each} has no value`);
      return value;
    });
}

function notebook(file: OutputFile, root: string): readonly DesiredObject[] {
  const [, path] = /^databricks\/(.*)\.py$/.exec(file.path) ?? [];
  if (path === undefined) return [];
  const name = `${root}/files/${path}`;
  return [
    {
      ...databricks("notebook", name),
      body: normalNotebook("PYTHON", file.text),
      needs: [folderKey(name), ...notebookReferences(name, file.text)],
      tables: tablesOf(file),
      file: file.path,
    },
  ];
}

/** The project's folder and all between it and the notebooks. */
function foldersOf(
  root: string,
  notebooks: readonly DesiredObject[],
  permissions: JsonObject,
): readonly DesiredObject[] {
  const paths = new Set([root]);
  for (const { name } of notebooks) {
    for (let path = parentOf(name); path.length > root.length; path = parentOf(path)) paths.add(path);
  }
  return [...paths].sort().map((path) => ({
    ...databricks("folder", path),
    // Those of the project's folder apply to all in it.
    body: path === root ? { ...propertiesOf(normalFolder), ...permissions } : normalFolder,
    needs: path === root ? [] : [folderKey(path)],
    tables: [],
    file: BUNDLE,
  }));
}

/** The levels of a bundle's permissions as folders and jobs name them. */
const FOLDER_LEVELS = { CAN_MANAGE: "CAN_MANAGE", CAN_RUN: "CAN_RUN", CAN_VIEW: "CAN_READ" } as const;
const JOB_LEVELS = { CAN_MANAGE: "CAN_MANAGE", CAN_RUN: "CAN_MANAGE_RUN", CAN_VIEW: "CAN_VIEW" } as const;

/** `{ permissions: { "data-engineers": "CAN_MANAGE" } }`; nothing where the program sets none. */
function permissionsOf({ permissions }: JsonObject, levels: typeof FOLDER_LEVELS | typeof JOB_LEVELS): JsonObject {
  if (!isList(permissions)) return {};
  const entries = permissions.map((each): readonly [string, string] => {
    const { level, ...principal } = propertiesOf(each);
    const known = Object.entries(levels).find(([name]) => name === level)?.[1];
    if (known === undefined) throw new Error("the bundle has an unknown permission level");
    return [String(Object.values(principal)[0]), known];
  });
  return { permissions: objectOf(entries) };
}

interface BundleTarget {
  readonly name: string;
  readonly target: JsonObject;
  readonly root: string;
}

function jobsOf({ resources, variables }: JsonObject, at: BundleTarget) {
  const { target, root } = at;
  const inTarget = fillerOf(variables, at);
  const shared = propertiesOf(propertiesOf(resources).jobs);
  // Whole jobs where those of the environments differ, or only some of their settings.
  const own = propertiesOf(propertiesOf(target.resources).jobs);
  const jobs: JsonObject = Object.fromEntries(
    Object.keys({ ...shared, ...own }).map((key) => [key, { ...propertiesOf(shared[key]), ...propertiesOf(own[key]) }]),
  );
  const nameOf = (key: string): string => inTarget(textOf(propertiesOf(jobs[key]).name) ?? key);
  const filled = (text: string): string =>
    inTarget(text)
      .replace(/^\.\/(notebooks\/.*)\.py$/, `${root}/files/$1`)
      .replace(/\$\{resources\.jobs\.(\w+)\.id\}/g, (_, key: string) => nameOf(key));
  return Object.keys(jobs).map((key): DesiredObject => {
    const settings = normalJob(mapTexts({ ...propertiesOf(jobs[key]), name: nameOf(key) }, filled));
    const { run_as: runAs } = target;
    const body = {
      ...propertiesOf(settings),
      ...(runAs === undefined ? {} : { run_as: runAs }),
      ...permissionsOf(target, JOB_LEVELS),
    };
    return {
      ...databricks("job", nameOf(key)),
      body,
      needs: jobReferences(body),
      tables: [],
      file: BUNDLE,
    };
  });
}

/** The notebooks that a notebook takes in: `# MAGIC %run ../lake`. */
export function notebookReferences(path: string, text: string): readonly ObjectKey[] {
  return [...text.matchAll(/^# MAGIC %run (\.\S+)$/gm)].map(([, relative = ""]) => {
    const parts = parentOf(path).split("/");
    for (const part of relative.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    return keyOf(databricks("notebook", parts.join("/")));
  });
}

/** The notebooks and jobs that the tasks of a job run; of its normal form. */
export function jobReferences(body: Json): readonly ObjectKey[] {
  const { tasks } = propertiesOf(body);
  if (!isList(tasks)) return [];
  const keys = tasks.flatMap((task) => {
    const { notebook_task: notebookTask, run_job_task: runJobTask } = propertiesOf(task);
    const path = textOf(propertiesOf(notebookTask).notebook_path);
    const job = textOf(propertiesOf(runJobTask).job_name);
    return [
      ...(path === undefined ? [] : [keyOf(databricks("notebook", path))]),
      ...(job === undefined ? [] : [keyOf(databricks("job", job))]),
    ];
  });
  return [...new Set(keys)];
}

/** The folder that something lies in. */
export function folderKey(path: string): ObjectKey {
  return keyOf(databricks("folder", parentOf(path)));
}

function databricks<K extends Kind>(kind: K, name: string) {
  return { service: "databricks", kind, name } as const;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (isList(value)) return value.map((each) => mapTexts(each, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapTexts(each, change)]));
}
