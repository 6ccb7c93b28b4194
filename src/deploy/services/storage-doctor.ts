/** Checks the permissions to deploy to the containers of the lake and of the records, without writing to them. */
import { type Check, checked } from "./check.ts";
import type { Container } from "./container.ts";
import type { Records } from "./records.ts";
import { createStorage } from "./storage.ts";

const MISSING = "does not exist yet; the first deployment creates it";

/** Checks the lake's container, then that of the records with the permission to write, up to the first failure. */
export async function checkStorage(container: Container, records: Records): Promise<readonly Check[]> {
  const lake = await checked(
    `container ${container.client.containerName}`,
    async () => {
      const there = (await createStorage(container).read([])).length > 0;
      return there ? "exists and is readable" : MISSING;
    },
    "deploy-lake",
  );
  if (lake.kind === "wrong") return [lake];
  const state = await checked(
    `container ${records.container}`,
    async () => {
      // The permission to create a container cannot be tested without creating it.
      if (!(await records.exists())) return MISSING;
      // No record has this etag, so the write always fails; without permission it fails with another error.
      await records.write("lease", "", { if: '"0x0"' });
      return "exists and is writable";
    },
    "deploy-container",
  );
  return [lake, state];
}
