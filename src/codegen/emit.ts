/** Generates all files of a program: runs the checks of every target that applies, then generates its files. */
import { type Diagnostic, diagnostic, hasErrors, sorted } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";
import type { Span } from "../source.ts";
import { checkTargets } from "./check.ts";
import type { OutputFile } from "./files.ts";
import { type Digest, isOutputPath, manifest } from "./manifest.ts";
import { targets as allTargets } from "./registry.ts";
import type { EmitContext, Target } from "./target.ts";

export interface Emitted {
  /** Sorted by path, including `manifest.json`; empty with errors. */
  readonly files: readonly OutputFile[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface EmitOptions {
  /** All targets by default; tests may pass others. */
  readonly targets?: readonly Target[];
  /** A faster implementation of the host, if available. */
  readonly digest?: Digest;
}

/** The output of a program in an environment, in which every param used by a target has a value. */
export function emitAll(program: Program, context: EmitContext, options: EmitOptions = {}): Emitted {
  const { targets = allTargets, digest } = options;
  const checked = checkTargets(program, context, targets);
  if (hasErrors(checked)) return { files: [], diagnostics: sorted(checked) };

  const applying = targets.filter((target) => target.applies(program));
  const emitted = applying.flatMap((target) => target.emit(program, context).map((file) => wellFormed(target, file)));
  const diagnostics = sorted([...checked, ...pathsTwice(program, emitted)]);
  if (hasErrors(diagnostics)) return { files: [], diagnostics };

  const files = emitted.map(({ file }) => file);
  return {
    files: [...files, manifest(program.name, files, digest)].sort((a, b) => (a.path < b.path ? -1 : 1)),
    diagnostics,
  };
}

interface FromTarget {
  readonly target: Target;
  readonly file: OutputFile;
}

/** Done before the next target emits, since a text that was looked at takes less memory than the parts it was made of. */
function wellFormed(target: Target, file: OutputFile): FromTarget {
  const { path, text } = file;
  if (!isOutputPath(path)) throw new Error(`the target ${target.id} emits the path ${JSON.stringify(path)}`);
  if (!text.endsWith("\n") || text.includes("\r")) throw new Error(`${path} is no text of lines that end with LF`);
  return { target, file };
}

/** Some file systems are case-insensitive, and a path cannot be both a file and a folder. */
function pathsTwice(program: Program, emitted: readonly FromTarget[]): readonly Diagnostic[] {
  const taken = new Map<string, FromTarget>();
  const diagnostics: Diagnostic[] = [];
  const byPath = emitted.map((each) => ({ ...each, key: each.file.path.toLowerCase() }));
  byPath.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const each of byPath) {
    const { path } = each.file;
    const names = each.key.split("/");
    const other = names.map((_, index) => taken.get(names.slice(0, index + 1).join("/"))).find((file) => file);
    if (other === undefined) {
      taken.set(each.key, each);
      continue;
    }
    const targets = [...new Set([other.target.id, each.target.id])].join(" and ");
    const places = [other, each].map(({ file }) => placeOf(program, file));
    diagnostics.push(
      diagnostic(
        "output-path-twice",
        places[1] ?? program.span,
        { targets, path },
        {
          related: places.slice(0, 1).map((span) => ({ span, message: `${other.file.path} is made from this` })),
        },
      ),
    );
  }
  return diagnostics;
}

/** The location of the first declaration that a file comes from. */
function placeOf(program: Program, { from }: OutputFile): Span {
  const declarations = [
    ...program.sources.map((source) => ({ name: `source.${source.name}`, span: source.span })),
    ...program.bronze.map((bronze) => ({ name: `bronze.${bronze.name}`, span: bronze.span })),
    ...program.tables.map((table) => ({ name: `${table.layer}.${table.name}`, span: table.span })),
  ];
  return declarations.find(({ name }) => name === from[0])?.span ?? program.span;
}
