/** `manifest.json`: every file of an output and what it was made from, so that the next one knows what it may replace. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { json, type OutputFile } from "./files.ts";

export const MANIFEST = "manifest.json";

/** Raised when a reader of the last version would misread the file. */
export const MANIFEST_VERSION = 1;

export interface ManifestEntry {
  readonly path: string;
  /** Of the file's bytes, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** The declarations it was made from. */
  readonly from: readonly string[];
}

export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  /** Sorted by path; the manifest itself is not in it. */
  readonly files: readonly ManifestEntry[];
}

/** The manifest of some files, itself a file of the output. */
export function manifest(files: readonly OutputFile[]): OutputFile {
  const entries = files.map(({ path, text, from }): ManifestEntry => {
    const bytes = utf8ToBytes(text);
    return { path, sha256: hashOf(bytes), bytes: bytes.length, from };
  });
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const content: Manifest = { version: MANIFEST_VERSION, files: entries };
  return { path: MANIFEST, text: json(content), from: ["project"] };
}

/** SHA-256 in hexadecimal, as the manifest has it. */
export function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
