/** Where the notebooks run in an environment, and what a task of the job says about it. */
import type { Program, ServicePlan } from "../../plan/program.ts";
import { requiredText, settingText } from "../shared/settings.ts";
import { sparkVersion } from "../shared/spark-version.ts";
import { hasCatalog, maskedColumns } from "../shared/unity-catalog.ts";
import type { EnvironmentValues } from "../target.ts";
import { workersOf } from "./environment.ts";
import { lakeSparkConf } from "./lake-access.ts";

export type ComputeKind = "job" | "serverless" | "existing";

export function computeKind(compute: ServicePlan, environment: EnvironmentValues): ComputeKind {
  const cluster = requiredText(compute.settings, "cluster", environment);
  return cluster === "job" || cluster === "serverless" ? cluster : "existing";
}

/** The settings that only a job cluster has: with another compute they would be without effect. */
export const JOB_CLUSTER_SETTINGS = ["runtime", "node", "workers", "pool", "policy", "spot", "photon"] as const;

const CLUSTER = "main";

/** What each task says about its compute. Without a cluster, a notebook runs on serverless compute. */
export function taskCompute(compute: ServicePlan, environment: EnvironmentValues): object {
  switch (computeKind(compute, environment)) {
    case "job":
      return { job_cluster_key: CLUSTER };
    case "existing":
      return { existing_cluster_id: requiredText(compute.settings, "cluster", environment) };
    case "serverless":
      // Otherwise serverless compute runs failed tasks again, whatever the reason: see 0071-one-job.md.
      return { disable_auto_optimization: true };
  }
}

/** The job clusters of a job, which its tasks share. */
export function jobClusters(program: Program, compute: ServicePlan, environment: EnvironmentValues): object {
  if (computeKind(compute, environment) !== "job") return {};
  const cluster = newCluster(compute, environment, lakeSparkConf(program, environment), accessMode(program));
  return { job_clusters: [{ job_cluster_key: CLUSTER, new_cluster: cluster }] };
}

/** Standard access mode enforces column masks itself; the dedicated one needs serverless compute for that. */
function accessMode(program: Program): string {
  return hasCatalog(program) && maskedColumns(program).length > 0 ? "USER_ISOLATION" : "SINGLE_USER";
}

/** `${…}` is filled in by the bundle's tool; no name of a program is in such a place. */
const variable = (name: string): string => `\${var.${name}}`;

/** The variables of the bundle that the cluster uses. */
export function clusterVariables(compute: ServicePlan, environment: EnvironmentValues) {
  if (computeKind(compute, environment) !== "job") return {};
  const { settings } = compute;
  const pool = settingText(settings.pool, environment);
  return {
    spark_version: {
      description: "Databricks runtime of the job's cluster",
      value: sparkVersion(requiredText(settings, "runtime", environment)),
    },
    ...(pool === undefined
      ? {
          node_type: {
            description: "Azure node type of the job's cluster",
            value: requiredText(settings, "node", environment),
          },
        }
      : {}),
  };
}

type SparkConf = Readonly<Record<string, string>>;

/** The definition of the job cluster. `access`: the Spark settings for access to the lake. */
function newCluster(
  compute: ServicePlan,
  environment: EnvironmentValues,
  access: SparkConf,
  accessMode: string,
): object {
  const { settings } = compute;
  const pool = settingText(settings.pool, environment);
  const policy = settingText(settings.policy, environment);
  const isSet = (name: string): boolean => settingText(settings[name], environment) === "true";
  return {
    spark_version: variable("spark_version"),
    ...(pool === undefined ? { node_type_id: variable("node_type") } : { instance_pool_id: pool }),
    ...(policy === undefined ? {} : { policy_id: policy }),
    data_security_mode: accessMode,
    ...(isSet("photon") ? { runtime_engine: "PHOTON" } : {}),
    // The driver is on demand: if it is evicted, the run fails; an evicted worker is replaced.
    ...(isSet("spot")
      ? { azure_attributes: { first_on_demand: 1, availability: "SPOT_WITH_FALLBACK_AZURE", spot_bid_max_price: -1 } }
      : {}),
    ...sizeOf(compute, environment, access),
  };
}

function sizeOf(compute: ServicePlan, environment: EnvironmentValues, access: SparkConf): object {
  const workers = workersOf(compute, environment);
  if (workers === undefined) throw new Error("the check rejects such a number of workers");
  const { from, to } = workers;
  if (to === 0) {
    return {
      num_workers: 0,
      spark_conf: { "spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]", ...access },
      custom_tags: { ResourceClass: "SingleNode" },
    };
  }
  const conf = Object.keys(access).length === 0 ? {} : { spark_conf: access };
  return from === to ? { num_workers: to, ...conf } : { autoscale: { min_workers: from, max_workers: to }, ...conf };
}
