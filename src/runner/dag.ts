/** Doing things in the order of what they need, as many at a time as there is room for. */

/** Lets a number of pieces of work run at a time; the others wait in the order they came. */
export function createSlots(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

export interface Task<T> {
  readonly name: string;
  /** Names of tasks that come before it in the list. */
  readonly needs: readonly string[];
  /** Gets the results of what it needs. */
  run(needed: readonly T[]): Promise<T>;
}

/** Runs the tasks, each as soon as all it needs is done. The results are in the order of the tasks. */
export async function runTasks<T>(tasks: readonly Task<T>[]): Promise<readonly T[]> {
  const started = new Map<string, Promise<T>>();
  for (const task of tasks) {
    const needed = task.needs.flatMap((name) => started.get(name) ?? []);
    started.set(
      task.name,
      Promise.all(needed).then((results) => task.run(results)),
    );
  }
  // Of a mistake of ours too is told only when nothing is at work any more.
  await Promise.allSettled(started.values());
  return Promise.all(started.values());
}
