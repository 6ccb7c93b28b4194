/** Finds damaged loads before others are compared with them, and says what became of them. */
import { join } from "node:path";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzePlan } from "../../plan/program.ts";
import { type CountedLoad, filesOf, newestPaths } from "../loads.ts";
import { type DamagedLoad, recordedDamage } from "./land.ts";

/** The damaged ones of the loads that count: their records, and those of their files that count. */
export async function findDamaged(
  bronze: BronzePlan,
  counted: readonly CountedLoad[],
  contents: boolean,
): Promise<readonly DamagedLoad[]> {
  const newest = bronze.load.kind === "files" ? await newestPaths(bronze, counted) : undefined;
  const found: DamagedLoad[] = [];
  for (const { load } of counted) {
    if (load.recordDamage !== undefined) {
      found.push({ load, damage: load.recordDamage });
      continue;
    }
    for (const each of await filesOf(bronze.object, load)) {
      if (newest !== undefined && newest.get(each.path) !== load.id) continue;
      const damage = await recordedDamage(join(load.folder, each.file), each, contents);
      if (damage !== undefined) found.push({ load, damage, path: each.path });
    }
  }
  return found;
}

/** A damaged load was fetched again. `lost`: what cannot be had from the source any more. */
export function fetchedAgain({ name, span }: BronzePlan, { damage }: DamagedLoad, lost?: string): Diagnostic {
  const remedy = lost === undefined ? "it was fetched again" : `it was fetched again, but ${lost}`;
  return diagnostic("lake-damaged", span, { relation: `bronze.${name}`, problem: damage, remedy });
}

export function notFetchedAgain({ name, span }: BronzePlan, { load, damage }: DamagedLoad): Diagnostic {
  const hint = `Run again when the source can be read, or restore the file from a backup. To continue without this load, delete ${load.folder}.`;
  return diagnostic("lake-unreadable", span, { relation: `bronze.${name}`, problem: damage }, { hint });
}
