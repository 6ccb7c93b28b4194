/** Why a sum is refused, shown on data: rows on which it would count a value twice, or one for several. */
import { lower } from "../../src/plan/lower.ts";
import { checkText } from "./check.ts";
import { loadBronze } from "./engine/build.ts";
import type { Engine } from "./engine/duckdb.ts";
import { caseOf, type Seeds } from "./generate/program.ts";
import { createReference } from "./reference/run.ts";

/** Whether the program's own rows or those of some of the others show what it was refused for. */
export async function hasWitness(seeds: Seeds, others: readonly Seeds[], engine: Engine): Promise<boolean> {
  // Of a program with such errors only, every expression is typed, and it can be run to see what comes out.
  const program = lower(checkText(caseOf(seeds).text).checked);
  for (const other of [seeds, ...others]) {
    const { rows } = caseOf(withRowsOf(seeds, other));
    await loadBronze(program.bronze, rows, engine);
    const reference = await createReference(program, engine);
    try {
      for (const table of program.tables) {
        const { miscounts } = await reference.build(table);
        if (miscounts.length > 0) return true;
      }
    } catch (error) {
      // Some value does not fit its type: other rows may do.
      if (!(error instanceof Error && /^\w[\w ]* Error:/.test(error.message))) throw error;
    }
  }
  return false;
}

function withRowsOf(seeds: Seeds, other: Seeds): Seeds {
  const rows = other.bronze.flatMap((each) => each.rows);
  return { ...seeds, bronze: seeds.bronze.map((each, at) => ({ ...each, rows: at === 0 ? rows : rows.toReversed() })) };
}
