/** Whether a path of the command line is that of a saved plan: programs and their folders have other names. */
export function isSavedPlan(path: string): boolean {
  return path.endsWith(".json");
}
