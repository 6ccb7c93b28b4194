/**
 * One deployer at a time: a lease on a record in the lake, which the storage service ends by itself when nobody renews
 * it. Whoever has it asks before each step whether it still does, and stops where it cannot be told.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import { type Failure, failure, isFailure, messageOf } from "../runner/errors.ts";
import { propertiesOf, textOf } from "./json.ts";
import type { Records } from "./services/records.ts";

/** Who deploys, for who has to wait. */
export interface Holder {
  /** The identity that the services see: a user's name, an application's id. */
  readonly identity: string;
  readonly host: string;
  readonly process: number;
  /** When the deployment began, ISO 8601 in UTC. */
  readonly since: string;
}

export interface Lease {
  /**
   * Before each step: returns where the lease is ours for long enough to do it, and throws a failure with
   * `deployment-lease-lost` for good where it is not, or cannot be renewed.
   */
  confirm(): Promise<void>;
  /**
   * Takes the lease anew if it was lost, once: where nobody has it, and `isOurs`, asked under it, says that nobody has begun
   * anything meanwhile. Where not, it stays lost.
   */
  regain(isOurs: () => Promise<boolean>): Promise<void>;
  /** Lets the next deployment in. Where that fails, the lease is over within its time. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  /** How long the lease lasts without being renewed: 15 to 60. */
  readonly seconds?: number;
}

const RECORD = "lease";
const SECONDS = 60;

/** Throws a failure with `deployment-locked` where another deployment has it. The container has to be there. */
export async function takeLease(records: Records, holder: Holder, options: LeaseOptions = {}): Promise<Lease> {
  const { seconds = SECONDS } = options;
  // There has to be something to lease.
  await records.write(RECORD, "{}\n", { if: "new" });
  let renewed = Date.now();
  const id = await records.lease(RECORD, seconds);
  if (id === undefined) throw await locked(records);
  const sign = async (): Promise<void> => {
    try {
      await records.write(RECORD, `${JSON.stringify(holder)}\n`, { lease: id });
    } catch (error) {
      // Who tries again at once is not to wait for what nobody uses.
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
      else lost = leaseLost(records, "somebody else has taken it or broken it");
    })().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  // What fails here is tried again at the next turn, and told by `confirm` if it matters.
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
      // With the same id: the service may have kept it although its answers did not come through.
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

/** Where it fails, the lease is over within its time. */
async function ignored(release: Promise<void>): Promise<void> {
  try {
    await release;
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}

/** Half of the time is left for a step. A machine that slept, or whose clock was set back, cannot know. */
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
    if (identity === undefined || host === undefined || since === undefined) return "it has just begun";
    return `${identity} on ${host} (process ${Number(holder.process)}), since ${since}`;
  } catch {
    return "it does not say whose";
  }
}
