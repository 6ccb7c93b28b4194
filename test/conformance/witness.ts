/** Why a sum is refused, shown on data: rows on which it would count a value twice, or one for several. */
import { lower } from "../../src/plan/lower.ts";
import { checkText } from "./check.ts";
import { loadBronze } from "./engine/build.ts";
import type { Engine } from "./engine/duckdb.ts";
import { MOST_ROWS } from "./generate/bronze.ts";
import { caseOf, type Seeds } from "./generate/program.ts";
import { createReference } from "./reference/run.ts";

/**
 * Whether some rows show what a program was refused for: its own, those of some of the others, and such as are alike but
 * for one column, so that joins find several and `distinct` merges them.
 */
export async function hasWitness(seeds: Seeds, others: readonly Seeds[], engine: Engine): Promise<boolean> {
  // Of a program with such errors only, every expression is typed, and it can be run to see what comes out.
  const program = lower(checkText(caseOf(seeds).text).checked);
  const own = others.map((other) => withRowsOf(seeds, other));
  const alike = ALIKE.map((rows) => ({ ...seeds, bronze: seeds.bronze.map((each) => ({ ...each, rows })) }));
  for (const each of [seeds, ...alike, ...own]) {
    const { rows } = caseOf(each);
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

/** Rows, by the number that decides each column's value, of which only one column differs. */
const ALIKE: readonly (readonly (readonly number[])[])[] = [0, 1].flatMap((same) =>
  Array.from({ length: 6 }, (_, column) =>
    Array.from({ length: MOST_ROWS }, (_, row) => Array<number>(12).fill(same).with(column, row)),
  ),
);

function withRowsOf(seeds: Seeds, other: Seeds): Seeds {
  const rows = other.bronze.flatMap((each) => each.rows);
  return { ...seeds, bronze: seeds.bronze.map((each, at) => ({ ...each, rows: at === 0 ? rows : rows.toReversed() })) };
}
