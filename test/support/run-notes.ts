/** Notes that test workers leave for the reporter of the same run: one JSON value a line in a file that they share. */
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { root } from "./paths.ts";

export type Note =
  | { readonly kind: "golden"; readonly path: string }
  | { readonly kind: "absent-judge"; readonly name: string };

/** Leaves a note. Outside of a vitest run nobody reads it, and nothing is written. */
export function leaveNote(note: Note): void {
  const file = process.env.MEDAL_TEST_NOTES;
  if (file === undefined) return;
  mkdirSync(dirname(`${root}/${file}`), { recursive: true });
  appendFileSync(`${root}/${file}`, `${JSON.stringify(note)}\n`);
}

/** The notes in a file; none where there is no file. */
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
