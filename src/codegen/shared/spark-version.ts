/**
 * Converts the name of a Databricks runtime to its version in cluster settings: `17.3 LTS` is `17.3.x-scala2.13`. Other texts
 * are returned unchanged. From 17 on there is only Scala 2.13; before that 2.12 is the default.
 */
export function sparkVersion(runtime: string): string {
  const [, major = "", minor = ""] = /^(\d+)\.(\d+|x)( LTS)?$/.exec(runtime.trim()) ?? [];
  if (major === "") return runtime;
  return `${major}.${minor}.x-scala${Number(major) >= 17 ? "2.13" : "2.12"}`;
}
