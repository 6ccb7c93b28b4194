/** A container in a real Azurite, and the client on it, as tests want them. */
import { setImmediate } from "node:timers/promises";
import { afterAll } from "vitest";
import { type Container, connectContainer, type StorageOptions } from "../../../src/deploy/services/container.ts";
import { createRecords, type Records } from "../../../src/deploy/services/records.ts";
import { createStorage } from "../../../src/deploy/services/storage.ts";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { isFailure } from "../../../src/runner/errors.ts";
import { createFaults, type Faults } from "../../fakes/http.ts";
import { type FakeStorage, startStorage } from "../../fakes/storage.ts";

export interface Lake {
  readonly storage: FakeStorage;
  readonly faults: Faults;
  /** A container of its own for each test, `lake-1`; not there yet. */
  connect(options?: Partial<StorageOptions>): Container;
  /** The records in a container, which is made. No request is counted yet. */
  recordsIn(container: Container): Promise<Records>;
  /** The same in a new container. */
  records(options?: Partial<StorageOptions>): Promise<Records>;
}

/** One Azurite for the tests of a file. */
export async function startLake(): Promise<Lake> {
  const faults = createFaults();
  const storage = await startStorage(faults);
  afterAll(() => storage.close());
  let count = 0;
  const connect = (options: Partial<StorageOptions> = {}): Container => {
    count += 1;
    const { url, credential } = storage;
    const signal = new AbortController().signal;
    const owner = { project: "olist", environment: "prod" };
    const usual = { url, credential, signal, container: `lake-${count}`, owner, timeout: 2000, pause: 1 };
    return connectContainer({ ...usual, ...options });
  };
  const recordsIn = async (container: Container): Promise<Records> => {
    await createStorage(container).write(containerObject(container.client.containerName));
    faults.restart();
    return createRecords(container);
  };
  return { storage, faults, connect, recordsIn, records: (options) => recordsIn(connect(options)) };
}

export function containerObject(name: string) {
  return { service: "storage", kind: "container", name, body: {}, needs: [], tables: [], file: "" } as const;
}

/** The diagnostic that a call fails with. */
export async function problemOf(call: Promise<unknown>): Promise<Diagnostic> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  await setImmediate();
  const [first] = isFailure(error) ? error.diagnostics : [];
  if (first === undefined) throw error ?? new Error("it did not fail");
  return first;
}
