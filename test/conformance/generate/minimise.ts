/** Minimises a finding: removes tables, steps, rows and numbers in turn as long as the finding persists. */
import type { Seeds } from "./program.ts";

/** `stillDoes` may be called a few hundred times with smaller and smaller numbers. */
export async function minimise(found: Seeds, stillDoes: (seeds: Seeds) => Promise<boolean>): Promise<Seeds> {
  let best = found;
  const attempt = async (candidate: Seeds): Promise<boolean> => {
    if (!(await stillDoes(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Number.POSITIVE_INFINITY; size > sizeOf(best); ) {
    size = sizeOf(best);
    for (const list of listsOf(best)) await shorten(list, () => best, attempt);
    for (const list of numbersOf(best)) await flatten(list, () => best, attempt);
  }
  return best;
}

/** A list in the seeds: how to read and replace it. */
interface Place<T> {
  read(seeds: Seeds): readonly T[];
  write(seeds: Seeds, list: readonly T[]): Seeds;
}

function listsOf({ bronze, tables }: Seeds): readonly Place<unknown>[] {
  const places: Place<unknown>[] = [
    erased({ read: (seeds) => seeds.tables, write: (seeds, tables) => ({ ...seeds, tables }) }),
    erased({ read: (seeds) => seeds.bronze, write: (seeds, bronze) => ({ ...seeds, bronze }) }),
  ];
  tables.forEach((_, at) => {
    places.push(
      erased({
        read: (seeds) => seeds.tables[at]?.steps ?? [],
        write: (seeds, steps) => ({ ...seeds, tables: changed(seeds.tables, at, (each) => ({ ...each, steps })) }),
      }),
    );
  });
  bronze.forEach((_, at) => {
    places.push(
      erased({
        read: (seeds) => seeds.bronze[at]?.rows ?? [],
        write: (seeds, rows) => ({ ...seeds, bronze: changed(seeds.bronze, at, (each) => ({ ...each, rows })) }),
      }),
    );
  });
  return places;
}

function numbersOf({ bronze, tables }: Seeds): readonly Place<number>[] {
  const places: Place<number>[] = [{ read: (seeds) => seeds.split, write: (seeds, split) => ({ ...seeds, split }) }];
  tables.forEach((table, at) => {
    places.push({
      read: (seeds) => seeds.tables[at]?.head ?? [],
      write: (seeds, head) => ({ ...seeds, tables: changed(seeds.tables, at, (each) => ({ ...each, head })) }),
    });
    table.steps.forEach((_, step) => {
      places.push({
        read: (seeds) => seeds.tables[at]?.steps[step] ?? [],
        write: (seeds, list) => ({
          ...seeds,
          tables: changed(seeds.tables, at, (each) => ({ ...each, steps: changed(each.steps, step, () => list) })),
        }),
      });
    });
  });
  bronze.forEach((relation, at) => {
    places.push({
      read: (seeds) => seeds.bronze[at]?.schema ?? [],
      write: (seeds, schema) => ({ ...seeds, bronze: changed(seeds.bronze, at, (each) => ({ ...each, schema })) }),
    });
    relation.rows.forEach((_, row) => {
      places.push({
        read: (seeds) => seeds.bronze[at]?.rows[row] ?? [],
        write: (seeds, list) => ({
          ...seeds,
          bronze: changed(seeds.bronze, at, (each) => ({ ...each, rows: changed(each.rows, row, () => list) })),
        }),
      });
    });
  });
  return places;
}

/** A place whose items are only removed, never changed. */
function erased<T>(place: { read(seeds: Seeds): readonly T[]; write(seeds: Seeds, list: readonly T[]): Seeds }) {
  const without = (seeds: Seeds, kept: ReadonlySet<unknown>): Seeds =>
    place.write(
      seeds,
      place.read(seeds).filter((each) => kept.has(each)),
    );
  return { read: place.read, write: (seeds: Seeds, list: readonly unknown[]) => without(seeds, new Set(list)) };
}

function changed<T>(list: readonly T[], at: number, change: (item: T) => T): readonly T[] {
  return list.map((each, index) => (index === at ? change(each) : each));
}

type Attempt = (candidate: Seeds) => Promise<boolean>;

/** Removes items from the end to the start. */
async function shorten<T>(place: Place<T>, best: () => Seeds, attempt: Attempt): Promise<void> {
  for (let at = place.read(best()).length - 1; at >= 0; at--) {
    const list = place.read(best()).filter((_, index) => index !== at);
    await attempt(place.write(best(), list));
  }
}

/** Removes as much of the end as possible, and replaces numbers by zero. */
async function flatten(place: Place<number>, best: () => Seeds, attempt: Attempt): Promise<void> {
  for (let cut = place.read(best()).length; cut >= 1; cut = Math.floor(cut / 2)) {
    while (place.read(best()).length >= cut) {
      if (!(await attempt(place.write(best(), place.read(best()).slice(0, -cut))))) break;
    }
  }
  for (let at = 0; at < place.read(best()).length; at++) {
    const list = place.read(best());
    if (list[at] !== 0) await attempt(place.write(best(), list.with(at, 0)));
  }
}

function sizeOf(seeds: Seeds): number {
  return JSON.stringify(seeds).length;
}
