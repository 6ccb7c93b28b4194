/**
 * Several contenders for one lock in one process: `lock-contender.ts LOCK LOG`. Each appends a line to the log when it
 * has acquired the lock, while it holds it, and before it releases it.
 */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { takeLock } from "../../../src/runner/lock.ts";

const CONTENDERS = 4;
const [lock = "", log = ""] = process.argv.slice(2);

async function contend(contender: number): Promise<never> {
  for (let take = 0; ; ) {
    const answer = await takeLock(lock);
    if (answer.kind === "impossible") throw new Error(answer.problem);
    if (answer.kind === "taken") {
      const say = (what: string) => appendFileSync(log, `${process.pid}.${contender}.${take} ${what}\n`);
      say("has");
      for (let beat = 0; beat < 3; beat++) {
        await sleep(1);
        say("has");
      }
      say("releases");
      answer.release();
      take++;
    }
    await sleep(Math.random() * 4);
  }
}

await Promise.all(Array.from({ length: CONTENDERS }, (_, at) => contend(at)));
