/**
 * A Databricks runtime as its clusters' settings name it: `17.3 LTS` is `17.3.x-scala2.13`. What is not written like the
 * name of a runtime is returned as it is. From 17 on there is only Scala 2.13; before that 2.12 is the usual one.
 */
export function sparkVersion(runtime: string): string {
  const [, major = "", minor = ""] = /^(\d+)\.(\d+|x)( LTS)?$/.exec(runtime.trim()) ?? [];
  if (major === "") return runtime;
  return `${major}.${minor}.x-scala${Number(major) >= 17 ? "2.13" : "2.12"}`;
}
