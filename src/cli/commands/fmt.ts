/** `medalc fmt`: formats programs. */
import { resolve } from "node:path";
import { COMMAND_LINE } from "../../config/environment.ts";
import { folderOf, joinPath } from "../../config/paths.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { fileProblem } from "../../diagnostics/file-problem.ts";
import { format } from "../../format/format.ts";
import { lineDiff } from "../../format/line-diff.ts";
import { createNodeHost, createProjectReader } from "../../node-host.ts";
import { parse } from "../../parser/parse.ts";
import { decodeText } from "../../read-text.ts";
import type { SourceFile } from "../../source.ts";
import { type CommandResult, EXIT } from "../command.ts";
import type { Io } from "../io.ts";
import { counted } from "../pluralize.ts";
import { writeWhole } from "../write-file.ts";

export interface FmtOptions {
  /** Files and folders; a single `-` is standard input. */
  readonly paths: readonly string[];
  readonly check?: boolean;
  readonly diff?: boolean;
}

/** An unformatted file. */
interface ReadFile {
  /** Without the byte order mark, which is kept in the file. */
  readonly file: SourceFile;
  readonly hasByteOrderMark: boolean;
}

interface Formatted extends ReadFile {
  readonly isChanged: boolean;
  /** The formatted text; undefined if the file has syntax errors. */
  readonly text: string | undefined;
}

export async function fmt(options: FmtOptions, io: Io): Promise<CommandResult> {
  if (options.paths.length === 1 && options.paths[0] === "-") return formatStdin(options, io);
  const { files, diagnostics: missing } = findFiles(options.paths, io);
  const formatted = files.map(formatFile);
  const changed = formatted.filter(({ isChanged }) => isChanged);
  const isTrial = options.check === true || options.diff === true;
  const unwritable = isTrial ? [] : changed.flatMap((each) => writeWhole(each.file.path, writtenText(each), io));
  const diagnostics = [...missing, ...syntaxErrors(formatted), ...unwritable];
  const names = changed.map(({ file }) => file.path);
  return {
    diagnostics,
    sources: new Map(formatted.map(({ file }) => [file.path, file])),
    answer: {
      text: options.diff === true ? changed.map(diffOf).join("") : names.map((name) => `${name}\n`).join(""),
      data: { changed: names, ...(options.diff === true ? { diff: changed.map(diffOf).join("") } : {}) },
    },
    closing: `${counted(names.length, "file")} of ${files.length} ${isTrial ? "would change" : "changed"}`,
    ...(isTrial && names.length > 0 && !hasErrors(diagnostics) ? { exitCode: EXIT.changes } : {}),
  };
}

/** Prints the formatted text; with syntax errors the original text, so that an editor does not lose it. */
async function formatStdin({ check, diff }: FmtOptions, io: Io): Promise<CommandResult> {
  const path = "<stdin>";
  const bytes = await io.readStdin();
  const read = decodeText(bytes);
  if (!("text" in read)) {
    return { diagnostics: [fileProblem(path, read, { file: path, start: 0, end: 0 })], sources: new Map() };
  }
  const formatted = formatFile({ file: { path, text: read.text }, hasByteOrderMark: read.hasByteOrderMark });
  const { file, isChanged } = formatted;
  const text = writtenText(formatted);
  const isTrial = check === true || diff === true;
  const shown = diff === true ? diffOf(formatted) : check === true ? "" : text;
  return {
    diagnostics: syntaxErrors([formatted]),
    sources: new Map([[file.path, file]]),
    answer: { text: shown, data: { changed: isChanged, text: shown } },
    ...(isTrial && isChanged ? { exitCode: EXIT.changes } : {}),
  };
}

function formatFile(read: ReadFile): Formatted {
  const text = format(read.file);
  return { ...read, text, isChanged: text !== undefined && text !== read.file.text };
}

/** The new content of the file: the formatted text, or the original with syntax errors. */
function writtenText({ file, text, hasByteOrderMark }: Formatted): string {
  return (hasByteOrderMark ? "\ufeff" : "") + (text ?? file.text);
}

function findFiles(
  paths: readonly string[],
  io: Io,
): { readonly files: readonly ReadFile[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  /** The project folder of each file. */
  const found = new Map<string, string>();
  for (const path of paths) {
    const host = createNodeHost(io.folder, path);
    if (!host.isFolder(path)) {
      found.set(joinPath("", path), folderOf(joinPath("", path)));
      continue;
    }
    const programs = host.listPrograms(path);
    if (programs.length === 0) diagnostics.push(diagnostic("no-program", COMMAND_LINE, { folder: path }));
    for (const each of programs) found.set(joinPath("", each), path);
  }
  const files = [...found].flatMap(([path, project]): readonly ReadFile[] => {
    const read = createProjectReader(resolve(io.folder, project))(resolve(io.folder, path));
    if (read !== undefined && "text" in read) {
      return [{ file: { path, text: read.text }, hasByteOrderMark: read.hasByteOrderMark }];
    }
    diagnostics.push(
      read === undefined
        ? diagnostic("unknown-path", COMMAND_LINE, { path })
        : fileProblem(path, read, { file: path, start: 0, end: 0 }),
    );
    return [];
  });
  return { files, diagnostics };
}

function syntaxErrors(formatted: readonly Formatted[]): readonly Diagnostic[] {
  return formatted.filter(({ text }) => text === undefined).flatMap(({ file }) => parse(file).diagnostics);
}

function diffOf({ file, text }: Formatted): string {
  return lineDiff(file.path, file.text, text ?? file.text);
}
