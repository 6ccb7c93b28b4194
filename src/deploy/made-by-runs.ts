/** Objects that runs make and change, not deployments: the entries of tables in Unity Catalog. */
import type { PlanWarning } from "./deploy-plan.ts";
import { differencesBetween } from "./diff.ts";
import type { Context } from "./leftovers.ts";
import type { Kind } from "./object.ts";
import { isOurs, type Owner } from "./ownership.ts";

/** Whether a deployment only removes objects of this kind; it changes what makes them. */
export function isMadeByRuns({ kind }: { readonly kind: Kind }): boolean {
  return kind === "catalogTable";
}

/** What the next run changes in Unity Catalog. A table that no run has made yet is not in it. */
export function pendingEntries(
  owner: Owner,
  { desired, actual }: Pick<Context, "desired" | "actual">,
): readonly PlanWarning[] {
  return [...desired].flatMap(([key, wanted]): PlanWarning[] => {
    const there = actual.get(key);
    if (!isMadeByRuns(wanted) || there === undefined || !isOurs(there, owner)) return [];
    const differences = differencesBetween(there, wanted);
    return differences.length === 0 ? [] : [{ kind: "pending", key, differences }];
  });
}
