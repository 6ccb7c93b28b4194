/** Temporary generated projects on disk. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { generatedProject } from "./generate.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const medalc = `${root}bin/medalc.js`;

/** Runs `use` with a temporary folder that holds a generated project of `tables` tables. */
export async function withProject<T>(tables: number, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(`${tmpdir()}/medalc-bench-`);
  try {
    for (const [path, text] of generatedProject(tables)) {
      const file = `${folder}/${path}`;
      mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      writeFileSync(file, text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
