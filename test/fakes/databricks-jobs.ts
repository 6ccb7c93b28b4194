/** The settings of jobs: what the service adds to them, and what it refuses. */
import { type JsonObject, listIn, objectIn } from "./databricks-answers.ts";

/** The only notification destination that an administrator has set up. */
export const DESTINATION = "d0e5f1c7-0000-4000-8000-000000000001";

/** What the service adds to settings that are sent. */
export function filledIn(settings: JsonObject): JsonObject {
  const tasks = listIn(settings.tasks).map((task) => ({
    ...task,
    run_if: task.run_if ?? "ALL_SUCCESS",
    timeout_seconds: task.timeout_seconds ?? 0,
    email_notifications: task.email_notifications ?? {},
    webhook_notifications: {},
    ...(task.notebook_task === undefined
      ? {}
      : { notebook_task: { source: "WORKSPACE", ...objectIn(task.notebook_task) } }),
  }));
  const clusters = listIn(settings.job_clusters).map((cluster) => ({
    ...cluster,
    new_cluster: {
      azure_attributes: { availability: "ON_DEMAND_AZURE", first_on_demand: 1, spot_bid_max_price: -1 },
      enable_elastic_disk: true,
      ...objectIn(cluster.new_cluster),
    },
  }));
  return {
    webhook_notifications: {},
    timeout_seconds: 0,
    max_concurrent_runs: 1,
    queue: { enabled: true },
    format: "MULTI_TASK",
    ...settings,
    email_notifications: { no_alert_for_skipped_runs: false, ...objectIn(settings.email_notifications) },
    tasks,
    ...(clusters.length === 0 ? {} : { job_clusters: clusters }),
  };
}

/** `run_as` can only be written; who a job runs as is beside its settings. */
export function runAsOf({ run_as: runAs }: JsonObject): string | undefined {
  const [name] = Object.values(objectIn(runAs));
  return typeof name === "string" ? name : undefined;
}

export function withoutRunAs({ run_as: _, ...settings }: JsonObject): JsonObject {
  return settings;
}

/** What the service refuses of settings. */
export function problemOf(settings: JsonObject, jobs: ReadonlyMap<number, JsonObject>): string | undefined {
  const tasks = listIn(settings.tasks);
  const keys = new Set(tasks.map(({ task_key }) => task_key));
  const clusters = new Set(listIn(settings.job_clusters).map(({ job_cluster_key }) => job_cluster_key));
  if (typeof settings.name !== "string") return "Job settings must have a name.";
  for (const { id } of listIn(objectIn(settings.webhook_notifications).on_failure)) {
    if (id !== DESTINATION) return `Notification destination ${id} does not exist.`;
  }
  if (keys.size < tasks.length) return "Task keys must be unique.";
  for (const task of tasks) {
    for (const { task_key } of listIn(task.depends_on)) {
      if (!keys.has(task_key)) return `Task ${task.task_key} depends on ${task_key}, which does not exist.`;
    }
    if (task.job_cluster_key !== undefined && !clusters.has(task.job_cluster_key)) {
      return `Job cluster ${task.job_cluster_key} is not defined in field 'job_clusters'.`;
    }
    const { notebook_path: path } = objectIn(task.notebook_task);
    // databricks/dbt-databricks#1009.
    if (path !== undefined && task.environment_key !== undefined) {
      return `A task environment can not be provided for notebook task ${task.task_key}.`;
    }
    if (path !== undefined && !String(path).startsWith("/")) return "Only absolute paths are supported.";
    if (task.run_job_task !== undefined && !jobs.has(Number(objectIn(task.run_job_task).job_id))) {
      return `Job ${objectIn(task.run_job_task).job_id} does not exist.`;
    }
  }
  return undefined;
}
