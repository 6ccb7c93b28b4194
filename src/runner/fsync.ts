/** Makes files and folder entries durable, even after a loss of power. */
import { open } from "node:fs/promises";
import { isFileError } from "./errors.ts";

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync().finally(() => file.close());
}

/** Syncs the entries of a folder. Some systems cannot open folders; there is nothing to do on them. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder);
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!isFileError(error, "EISDIR", "EPERM", "EINVAL", "EACCES")) throw error;
  }
}
