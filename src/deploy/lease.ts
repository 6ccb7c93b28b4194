/**
 * Mutual exclusion of deployments: a lease on a record in the lake, which expires if it is not renewed. The holder confirms
 * before each step that it still holds the lease, and stops if it cannot.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import { type Failure, failure, isFailure, messageOf } from "../runner/errors.ts";
import { propertiesOf, textOf } from "./json.ts";
import type { Records } from "./services/records.ts";

/** The holder of the lease, for messages to others. */
export interface Holder {
  /** The signed-in identity: a user name or an application ID. */
  readonly identity: string;
  readonly host: string;
  readonly process: number;
  /** The start time of the deployment, ISO 8601 in UTC. */
  readonly since: string;
}

export interface Lease {
  /**
   * To be called before each step: returns if the lease is held for long enough to complete it. Otherwise, or if it cannot be
   * renewed, throws a failure with `deployment-lease-lost`, from then on for every call.
   */
  confirm(): Promise<void>;
  /**
   * Acquires a lost lease again, once: if nobody holds it, and `isOurs`, called with the lease, confirms that no other
   * deployment has started in the meantime. Otherwise it stays lost.
   */
  regain(isOurs: () => Promise<boolean>): Promise<void>;
  /** Releases the lease. If that fails, it expires. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  /** The duration of the lease without renewal: 15 to 60. */
  readonly seconds?: number;
}

const RECORD = "lease";
const SECONDS = 60;

/** Throws a failure with `deployment-locked` if another deployment holds it. The container has to exist. */
export async function takeLease(records: Records, holder: Holder, options: LeaseOptions = {}): Promise<Lease> {
  const { seconds = SECONDS } = options;
  // The record has to exist to be leased.
  await records.write(RECORD, "{}\n", { if: "new" });
  let renewed = Date.now();
  const id = await records.lease(RECORD, seconds);
  if (id === undefined) throw await locked(records);
  const sign = async (): Promise<void> => {
    try {
      await records.write(RECORD, `${JSON.stringify(holder)}\n`, { lease: id });
    } catch (error) {
      // Release it, so that an immediate retry does not have to wait.
      await ignored(records.release(RECORD, id));
      throw error;
    }
  };
  await sign();

  let lost: Failure | undefined;
  let underWay: Promise<void> | undefined;
  const limits = { tries: 2, timeout: (seconds * 1000) / 12 };
  const renew = (): Promise<void> => {
    underWay ??= (async () => {
      const asked = Date.now();
      if (await records.renew(RECORD, id, limits)) renewed = asked;
      else lost = leaseLost(records, "somebody else has acquired or broken it");
    })().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  // Failures are retried at the next interval, and reported by `confirm` if they matter.
  const timer = setInterval(
    () => void (lost === undefined ? renew().catch(() => undefined) : undefined),
    (seconds * 1000) / 3,
  );
  timer.unref();

  const check = async (): Promise<Failure | undefined> => {
    if (!isFresh(renewed, seconds) && lost === undefined) {
      await renew().catch((error: unknown) => {
        lost = leaseLost(records, messageOf(error));
      });
    }
    return lost;
  };

  return {
    async confirm() {
      const problem = await check();
      if (problem !== undefined) throw problem;
    },
    async regain(isOurs) {
      if ((await check()) === undefined) return;
      const asked = Date.now();
      // With the same id: the service may have renewed it although its responses were lost.
      if ((await records.lease(RECORD, seconds, id)) === undefined) return;
      try {
        if (!(await isOurs())) return await ignored(records.release(RECORD, id));
      } catch (error) {
        await ignored(records.release(RECORD, id));
        throw error;
      }
      await sign();
      renewed = asked;
      lost = undefined;
    },
    async release() {
      clearInterval(timer);
      await underWay?.catch(() => undefined);
      if (lost === undefined) await ignored(records.release(RECORD, id));
    },
  };
}

/** If it fails, the lease expires. */
async function ignored(release: Promise<void>): Promise<void> {
  try {
    await release;
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}

/** Reserves half of the duration for a step. After sleep or a clock change the remaining time is unknown. */
function isFresh(renewed: number, seconds: number): boolean {
  const age = Date.now() - renewed;
  return age >= 0 && age < seconds * 500;
}

export function leaseLost({ project }: Records, problem: string): Failure {
  return failure(diagnostic("deployment-lease-lost", COMMAND_LINE, { project, problem }));
}

async function locked(records: Records): Promise<Failure> {
  const holder = holderText((await records.read(RECORD))?.text ?? "");
  return failure(diagnostic("deployment-locked", COMMAND_LINE, { project: records.project, holder }));
}

/** `ada@shop.example on build-7 (process 4711), since 2026-11-23T08:14:59.000Z` */
function holderText(text: string): string {
  try {
    const holder = propertiesOf(JSON.parse(text));
    const [identity, host, since] = [holder.identity, holder.host, holder.since].map(textOf);
    if (identity === undefined || host === undefined || since === undefined) return "it has just started";
    return `${identity} on ${host} (process ${Number(holder.process)}), since ${since}`;
  } catch {
    return "its holder is unknown";
  }
}
