/** Files and names that outlast a loss of power. */
import { open } from "node:fs/promises";
import { isFileError } from "./errors.ts";

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync().finally(() => file.close());
}

/** The names in a folder. Not every system lets a folder be opened; then there is nothing to do. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder);
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!isFileError(error, "EISDIR", "EPERM", "EINVAL", "EACCES")) throw error;
  }
}
