/**
 * Writes an output into its folder atomically: the folder always contains either the last output or the new one.
 *
 * The manifest of the last output lists the files that medalc owns; no other file is ever touched. The output of another
 * project, a foreign file at an output path, or an edited output file is an error before anything is written. Then, in
 * `.medalc` next to the files: all new texts are staged; a journal records which texts may be at which path from now on;
 * each file is moved into place with a rename; the manifest comes last, and `.medalc` is removed. If interrupted, either
 * nothing has changed, or the journal lets the next compile recognise its files and finish.
 */
import { createHash } from "node:crypto";
import { json, type OutputFile } from "../codegen/files.ts";
import { MANIFEST, parseManifest } from "../codegen/manifest.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { Span } from "../source.ts";
import { nodeFs, type OutputFs } from "./output-fs.ts";
import { fileHint } from "./system-errors.ts";

export interface WriteOptions {
  /** The project that owns the output. */
  readonly project: string;
  /** Whether edited output files are overwritten. */
  readonly force?: boolean;
  readonly fs?: OutputFs;
}

export interface WriteResult {
  /** With errors nothing was written, except for `unwritable-file`: then the next compile finishes. */
  readonly diagnostics: readonly Diagnostic[];
  /** Paths relative to the folder, sorted. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** Not related to a location in a program. */
const NOWHERE: Span = { file: "", start: 0, end: 0 };

/** The folder for staging in the output folder. */
const WORK = ".medalc";
const JOURNAL = `${WORK}/journal.json`;

/** Writes the files, including `manifest.json`, into a folder; unchanged files keep their modification times. */
export function writeOutput(files: readonly OutputFile[], folder: string, options: WriteOptions): WriteResult {
  const { project, force = false, fs = nodeFs } = options;
  try {
    const known = readKnown(fs, folder, project);
    if (known.kind === "foreign") return nothing([known.problem]);
    const wanted = hashesOf(files);
    const changes = compare(fs, folder, files, wanted, known.texts, force);
    if (changes.diagnostics.length > 0) return nothing(changes.diagnostics);
    apply(fs, folder, changes, journal(project, changes.write, wanted, known.texts));
    const written = changes.write.map(({ path }) => path);
    return { diagnostics: [], written: written.sort(), removed: [...changes.remove].sort() };
  } catch (error) {
    if (!isFileError(error)) throw error;
    removeStaged(fs, folder);
    const params = { path: error.path ?? folder, problem: error.message };
    return nothing([diagnostic("unwritable-file", NOWHERE, params, fileHint(error))]);
  }
}

function nothing(diagnostics: readonly Diagnostic[]): WriteResult {
  return { diagnostics, written: [], removed: [] };
}

/** For each path that may have an output file, the hashes of the texts that medalc may have written there. */
type KnownTexts = ReadonlyMap<string, ReadonlySet<string>>;

type Known =
  | { readonly kind: "known"; readonly texts: KnownTexts }
  | { readonly kind: "foreign"; readonly problem: Diagnostic };

function readKnown(fs: OutputFs, folder: string, project: string): Known {
  const texts = new Map<string, Set<string>>();
  for (const path of [MANIFEST, JOURNAL]) {
    const kind = kindBelow(fs, folder, path);
    if (kind === "nothing") continue;
    const parsed = kind === "file" ? parseManifest(fs.read(`${folder}/${path}`).toString("utf8")) : undefined;
    if (parsed === undefined) return { kind: "foreign", problem: diagnostic("output-foreign-file", NOWHERE, { path }) };
    const { project: owner = project, files } = parsed;
    if (owner !== project) {
      return { kind: "foreign", problem: diagnostic("output-other-project", NOWHERE, { owner, project }) };
    }
    for (const entry of files) texts.set(entry.path, (texts.get(entry.path) ?? new Set()).add(entry.sha256));
  }
  return { kind: "known", texts };
}

/** The SHA-256 of each file in the manifest. */
function hashesOf(files: readonly OutputFile[]): ReadonlyMap<string, string> {
  const entries = parseManifest(files.find(({ path }) => path === MANIFEST)?.text ?? "")?.files ?? [];
  return new Map(entries.map(({ path, sha256 }) => [path, sha256]));
}

interface Changes {
  readonly diagnostics: readonly Diagnostic[];
  /** The manifest last. */
  readonly write: readonly OutputFile[];
  readonly remove: readonly string[];
  /** Stale output files, removed or to be removed. */
  readonly stale: readonly string[];
}

function compare(
  fs: OutputFs,
  folder: string,
  files: readonly OutputFile[],
  wanted: ReadonlyMap<string, string>,
  known: KnownTexts,
  force: boolean,
): Changes {
  const diagnostics: Diagnostic[] = [];
  const stale = [...known.keys()].filter((path) => !wanted.has(path) && path !== MANIFEST);
  const blocked = new Set<string>();
  // On a case-insensitive file system, a stale path may be the same file as a new path.
  const staleWithoutCase = new Set(stale.map((path) => path.toLowerCase()));

  /** Whether the file at the path may be replaced or removed; otherwise reports why not. */
  function isOurs(path: string, hash: string): boolean {
    const texts = known.get(path) ?? knownWithoutCase(known, path);
    if (texts === undefined) diagnostics.push(diagnostic("output-foreign-file", NOWHERE, { path }));
    else if (force || texts.has(hash)) return true;
    else diagnostics.push(diagnostic("output-edited", NOWHERE, { path }));
    return false;
  }

  const write = files.filter(({ path, text }) => {
    const kind = kindBelow(fs, folder, path);
    if (kind === "nothing") return true;
    if (kind !== "file") {
      // A file where a folder is needed blocks all files of that folder; it is reported once.
      const obstacle = obstacleTo(fs, folder, path);
      if (!blocked.has(obstacle)) diagnostics.push(diagnostic("output-foreign-file", NOWHERE, { path: obstacle }));
      blocked.add(obstacle);
      return false;
    }
    const content = fs.read(`${folder}/${path}`);
    if (path === MANIFEST) return !content.equals(Buffer.from(text));
    const hash = hashOf(content);
    return hash === wanted.get(path) ? staleWithoutCase.has(path.toLowerCase()) : isOurs(path, hash);
  });
  const remove = stale.filter((path) => {
    if (kindBelow(fs, folder, path) !== "file") return false;
    return isOurs(path, hashOf(fs.read(`${folder}/${path}`)));
  });
  const manifestLast = write.sort((a, b) => Number(a.path === MANIFEST) - Number(b.path === MANIFEST));
  return { diagnostics, write: manifestLast, remove, stale };
}

function knownWithoutCase(known: KnownTexts, path: string): ReadonlySet<string> | undefined {
  const lower = path.toLowerCase();
  const [, texts] = [...known].find(([each]) => each.toLowerCase() === lower) ?? [];
  return texts;
}

/** The kind of the entry at a path; `other` if a parent is not a folder. */
function kindBelow(fs: OutputFs, folder: string, path: string): ReturnType<OutputFs["kindOf"]> {
  const names = path.split("/");
  for (let depth = 1; depth < names.length; depth++) {
    const kind = fs.kindOf(`${folder}/${names.slice(0, depth).join("/")}`);
    if (kind !== "folder") return kind === "nothing" ? "nothing" : "other";
  }
  return fs.kindOf(`${folder}/${path}`);
}

/** The first parent of a path that is not a folder. */
function obstacleTo(fs: OutputFs, folder: string, path: string): string {
  const names = path.split("/");
  const ways = names.map((_, index) => names.slice(0, index + 1).join("/"));
  return ways.find((way) => fs.kindOf(`${folder}/${way}`) !== "folder") ?? path;
}

function apply(fs: OutputFs, folder: string, { write, remove, stale }: Changes, journal: string): void {
  const staged = `${folder}/${WORK}/staged`;
  if (write.length > 0 || remove.length > 0) {
    fs.removeFolder(staged);
    fs.makeFolder(staged);
    for (const [index, file] of write.entries()) fs.write(`${staged}/${index}`, file.text);
    fs.write(`${staged}/journal`, journal);
    fs.rename(`${staged}/journal`, `${folder}/${JOURNAL}`);
  } else if (fs.kindOf(`${folder}/${WORK}`) === "nothing") {
    return;
  }
  for (const path of remove) fs.removeFile(`${folder}/${path}`);
  for (const path of stale) removeEmptyFolders(fs, folder, path);
  for (const [index, { path }] of write.entries()) {
    if (path.includes("/")) fs.makeFolder(`${folder}/${path.slice(0, path.lastIndexOf("/"))}`);
    fs.rename(`${staged}/${index}`, `${folder}/${path}`);
  }
  fs.removeFolder(`${folder}/${WORK}`);
}

/** Cleans up after a failure. Without a journal nothing was moved, and nothing is left to finish. */
function removeStaged(fs: OutputFs, folder: string): void {
  try {
    if (kindBelow(fs, folder, JOURNAL) === "nothing") fs.removeFolder(`${folder}/${WORK}`);
  } catch (error) {
    // The next compile removes it.
    if (!isFileError(error)) throw error;
  }
}

/** The files owned until the manifest is written: all old and all new ones, in the format of a manifest. */
function journal(
  project: string,
  write: readonly OutputFile[],
  wanted: ReadonlyMap<string, string>,
  known: KnownTexts,
): string {
  const before = [...known].flatMap(([path, texts]) => [...texts].map((sha256) => ({ path, sha256 })));
  const after = write.flatMap(({ path }) => {
    const sha256 = wanted.get(path);
    return sha256 === undefined ? [] : [{ path, sha256 }];
  });
  return json({ version: 1, project, files: [...before, ...after] });
}

/** Removes the empty parent folders of a path. */
function removeEmptyFolders(fs: OutputFs, folder: string, path: string): void {
  const names = path.split("/");
  while (names.pop() !== undefined && names.length > 0) {
    const parent = names.join("/");
    const kind = kindBelow(fs, folder, parent);
    if (kind !== "nothing" && (kind !== "folder" || !fs.removeEmptyFolder(`${folder}/${parent}`))) return;
  }
}

function hashOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
