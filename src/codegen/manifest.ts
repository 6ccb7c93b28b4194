/**
 * `manifest.json`: the project that owns the output, and every file with the declarations it comes from, so that the next
 * compile knows which files it may replace.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { json, type OutputFile } from "./files.ts";

export const MANIFEST = "manifest.json";

/** Incremented by incompatible changes. */
const MANIFEST_VERSION = 1;

export interface ManifestEntry {
  readonly path: string;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** The declarations it comes from. */
  readonly from: readonly string[];
}

export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  /** The name of the project that owns the output. */
  readonly project: string;
  /** Sorted by path, without the manifest itself. */
  readonly files: readonly ManifestEntry[];
}

/** The SHA-256 of a text's UTF-8 bytes in hexadecimal, and their number. */
export type Digest = (text: string) => { readonly sha256: string; readonly bytes: number };

/** A portable implementation; that of Node is ten times as fast. */
const portableDigest: Digest = (text) => {
  const bytes = utf8ToBytes(text);
  return { sha256: bytesToHex(sha256(bytes)), bytes: bytes.length };
};

/** The manifest of a project's files, itself a file of the output. */
export function manifest(project: string, files: readonly OutputFile[], digest: Digest = portableDigest): OutputFile {
  const entries = files.map(({ path, text, from }): ManifestEntry => ({ path, ...digest(text), from }));
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const content: Manifest = { version: MANIFEST_VERSION, project, files: entries };
  return { path: MANIFEST, text: json(content), from: ["project"] };
}

export interface ParsedManifest {
  /** Undefined in manifests of older compilers. */
  readonly project: string | undefined;
  readonly files: readonly Pick<ManifestEntry, "path" | "sha256">[];
}

/** Parses a manifest; undefined if it is not valid, or if a path in it leads out of the output folder. */
export function parseManifest(text: string): ParsedManifest | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(content) || content.version !== MANIFEST_VERSION || !Array.isArray(content.files)) return undefined;
  const { project } = content;
  if (project !== undefined && typeof project !== "string") return undefined;
  const entries: { readonly path: string; readonly sha256: string }[] = [];
  for (const file of content.files) {
    if (!isRecord(file) || typeof file.path !== "string" || typeof file.sha256 !== "string") return undefined;
    if (!isOutputPath(file.path)) return undefined;
    entries.push({ path: file.path, sha256: file.sha256 });
  }
  return { project, files: entries };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Whether a path is relative and stays inside the output folder, on every file system. */
export function isOutputPath(path: string): boolean {
  const names = path.split("/");
  return names.every((name) => name !== "" && name !== "." && name !== ".." && !/[\\:\p{Cc}]/u.test(name));
}
