/** Removes loads that no longer count, as `keep_loads` says. */
import { rename, rm } from "node:fs/promises";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { BronzePlan, Program } from "../plan/program.ts";
import { daysOf } from "../semantics/setting-rules.ts";
import { isSystemError, messageOf } from "./errors.ts";
import { PARTIAL } from "./extract/land.ts";
import type { Lake } from "./lake.ts";
import { completeLoads, countedFiles, type LoadOf, startOf } from "./loads.ts";

export interface Retention {
  readonly program: Program;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  readonly lake: Lake;
  readonly startedAt: Date;
}

const DAY = 86_400_000;

/**
 * Removes the loads of these tables that have no row that counts and began before the time that is kept. No table changes
 * by it. Nothing is removed without the setting. Returns what could not be removed.
 */
export async function removeOldLoads(
  bronze: readonly BronzePlan[],
  retention: Retention,
): Promise<readonly Diagnostic[]> {
  const days = keptDays(retention);
  if (days === undefined) return [];
  const end = new Date(retention.startedAt.getTime() - days * DAY).toISOString();
  const problems: Diagnostic[] = [];
  for (const table of bronze) {
    try {
      for (const { id, folder } of await uncountedLoads(table, retention.lake)) {
        if (startOf(id) >= end) continue;
        // A load that is removed in part must not look complete.
        await rename(folder, folder + PARTIAL);
        await rm(folder + PARTIAL, { recursive: true, force: true });
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const params = { relation: `bronze.${table.name}`, problem: messageOf(error) };
      problems.push(diagnostic("lake-access", table.span, params));
    }
  }
  return problems;
}

/** The loads without a row that counts. The newest load is never one of them: the next one starts where it ended. */
async function uncountedLoads(table: BronzePlan, lake: Lake): Promise<readonly LoadOf[]> {
  const loads = await completeLoads(lake.loadsFolder(table.name));
  const counted = new Set((await countedFiles(table, lake)).map(({ load }) => load));
  return loads.slice(0, -1).filter(({ id }) => !counted.has(id));
}

function keptDays({ program, params }: Retention): number | undefined {
  const setting = program.lake.settings.keep_loads;
  const text = setting?.kind === "param" ? params[setting.name] : setting?.kind === "text" ? setting.value : undefined;
  return text === undefined ? undefined : daysOf(String(text));
}
