/** Checks the permissions to deploy to the lake's container, without writing to it. */
import { type Check, checked } from "./check.ts";
import type { Container } from "./container.ts";
import { createRecords } from "./records.ts";
import { createStorage } from "./storage.ts";

/** Checks the container, then the write permission, up to the first failure. */
export async function checkStorage(container: Container): Promise<readonly Check[]> {
  const name = container.client.containerName;
  let there = false;
  const reachable = await checked(`container ${name}`, async () => {
    there = (await createStorage(container).read([])).length > 0;
    return there ? "exists and is readable" : "does not exist yet; the first deployment creates it";
  });
  // The permission to create a container cannot be tested without creating it.
  if (reachable.kind === "wrong" || !there) return [reachable];
  const writable = await checked(
    `roles on ${name}`,
    async () => {
      // No record has this etag, so the write always fails; without permission it fails with another error.
      await createRecords(container).write("lease", "", { if: '"0x0"' });
      return "sufficient to write";
    },
    "deploy-container",
  );
  return [reachable, writable];
}
