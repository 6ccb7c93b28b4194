/** Notes from test workers to the reporter of the same run: one JSON value per line of a shared file. */
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { root } from "./paths.ts";

export type Note =
  | { readonly kind: "golden"; readonly path: string }
  | { readonly kind: "absent-judge"; readonly name: string };

/** Writes a note. Outside of a vitest run nothing is written. */
export function leaveNote(note: Note): void {
  const file = process.env.MEDAL_TEST_NOTES;
  if (file === undefined) return;
  mkdirSync(dirname(`${root}/${file}`), { recursive: true });
  appendFileSync(`${root}/${file}`, `${JSON.stringify(note)}\n`);
}

/** The notes in a file; none if it does not exist. */
export function readNotes(file: string): readonly Note[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Note => JSON.parse(line));
}
