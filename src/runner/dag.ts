/** Runs tasks in dependency order with limited concurrency. */

/** Limits how many pieces of work run at a time; the others wait in order. */
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
  /** Names of the tasks it depends on, which come before it in the list. */
  readonly needs: readonly string[];
  /** Receives the results of its dependencies. */
  run(needed: readonly T[]): Promise<T>;
}

/** Runs each task as soon as its dependencies are done. The results are in the order of the tasks. */
export async function runTasks<T>(tasks: readonly Task<T>[]): Promise<readonly T[]> {
  const started = new Map<string, Promise<T>>();
  for (const task of tasks) {
    const needed = task.needs.flatMap((name) => started.get(name) ?? []);
    started.set(
      task.name,
      Promise.all(needed).then((results) => task.run(results)),
    );
  }
  // Even after an unexpected error, wait until no task is running any more.
  await Promise.allSettled(started.values());
  return Promise.all(started.values());
}
