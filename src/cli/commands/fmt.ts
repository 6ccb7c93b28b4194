/** `medalc fmt`: programs in the one canonical form. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { COMMAND_LINE } from "../../config/environment.ts";
import { joinPath } from "../../config/paths.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { format } from "../../format/format.ts";
import { lineDiff } from "../../format/line-diff.ts";
import { createNodeHost } from "../../node-host.ts";
import { parse } from "../../parser/parse.ts";
import type { SourceFile } from "../../source.ts";
import { type CommandResult, EXIT } from "../command.ts";
import type { Io } from "../io.ts";
import { counted } from "../pluralize.ts";
import { writeWhole } from "../write-file.ts";

export interface FmtOptions {
  /** Files and folders; `-` alone is standard input. */
  readonly paths: readonly string[];
  readonly check?: boolean;
  readonly diff?: boolean;
}

interface Formatted {
  readonly file: SourceFile;
  /** Whether what lies on the disk is another text than the canonical one. A byte order mark is no part of `file`. */
  readonly isChanged: boolean;
  /** The canonical text; undefined where the file has syntax errors. */
  readonly text: string | undefined;
}

export async function fmt(options: FmtOptions, io: Io): Promise<CommandResult> {
  if (options.paths.length === 1 && options.paths[0] === "-") return formatStdin(options, io);
  const { files, diagnostics: missing } = findFiles(options.paths, io);
  const formatted = files.map(formatFile);
  const changed = formatted.filter(({ isChanged }) => isChanged);
  const isTrial = options.check === true || options.diff === true;
  const unwritable = isTrial ? [] : changed.flatMap(({ file, text }) => writeWhole(file.path, text ?? file.text, io));
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

/** The text goes to standard output, formatted; as it came where it has syntax errors, so that no editor loses it. */
async function formatStdin({ check, diff }: FmtOptions, io: Io): Promise<CommandResult> {
  const formatted = formatFile({ path: "<stdin>", text: await io.readStdin() });
  const { file, isChanged } = formatted;
  const text = formatted.text ?? file.text;
  const isTrial = check === true || diff === true;
  const shown = diff === true ? diffOf(formatted) : check === true ? "" : text;
  return {
    diagnostics: syntaxErrors([formatted]),
    sources: new Map([[file.path, file]]),
    answer: { text: shown, data: { changed: isChanged, text: shown } },
    ...(isTrial && isChanged ? { exitCode: EXIT.changes } : {}),
  };
}

function formatFile(read: SourceFile): Formatted {
  const file = { path: read.path, text: read.text.replace(/^\ufeff/, "") };
  const text = format(file);
  return { file, text, isChanged: text !== undefined && text !== read.text };
}

function findFiles(
  paths: readonly string[],
  io: Io,
): { readonly files: readonly SourceFile[]; readonly diagnostics: readonly Diagnostic[] } {
  const host = createNodeHost(io.folder);
  const diagnostics: Diagnostic[] = [];
  const found = paths.flatMap((path) => {
    if (!host.isFolder(path)) return [path];
    const programs = host.listPrograms(path);
    if (programs.length === 0) diagnostics.push(diagnostic("no-program", COMMAND_LINE, { folder: path }));
    return programs;
  });
  const files = [...new Set(found.map((path) => joinPath("", path)))].flatMap((path): readonly SourceFile[] => {
    if (host.readFile(path) === undefined) {
      diagnostics.push(diagnostic("unknown-path", COMMAND_LINE, { path }));
      return [];
    }
    // Not through the host, which takes a byte order mark away: here that is a change.
    return [{ path, text: readFileSync(resolve(io.folder, path), "utf8") }];
  });
  return { files, diagnostics };
}

function syntaxErrors(formatted: readonly Formatted[]): readonly Diagnostic[] {
  return formatted.filter(({ text }) => text === undefined).flatMap(({ file }) => parse(file).diagnostics);
}

function diffOf({ file, text }: Formatted): string {
  return lineDiff(file.path, file.text, text ?? file.text);
}
