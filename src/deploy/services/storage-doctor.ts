/** Whether an identity may deploy to the lake's container. Nothing is written. */
import { type Check, checked } from "./check.ts";
import type { Container } from "./container.ts";
import { createRecords } from "./records.ts";
import { createStorage } from "./storage.ts";

/** The container, then whether records may be written to it; the first that is wrong is the last. */
export async function checkStorage(container: Container): Promise<readonly Check[]> {
  const name = container.client.containerName;
  let there = false;
  const reachable = await checked(`container ${name}`, async () => {
    there = (await createStorage(container).read([])).length > 0;
    return there ? "is there and can be read" : "is not there yet: the first deployment creates it";
  });
  // Who may create a container shows only when it is created.
  if (reachable.kind === "wrong" || !there) return [reachable];
  const writable = await checked(`roles on ${name}`, async () => {
    // No record has this etag, so the service says no; but to who may not write it says that first.
    await createRecords(container).write("lease", "", { if: '"0x0"' });
    return "allow to write";
  });
  return [reachable, writable];
}
