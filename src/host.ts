/**
 * What the compiler asks of the world it runs in: a laptop, a browser, a language server, a test.
 * Paths are `/`-separated. The core reads through this and nothing else; writing belongs to the edge.
 */
export interface CompilerHost {
  /** The text of a file without its byte order mark, or undefined where there is none. */
  readFile(path: string): string | FileProblem | undefined;
  /** The paths of the `.medal` files below a folder, sorted. */
  listPrograms(folder: string): readonly string[];
  isFolder(path: string): boolean;
}

/** Why a file that is there is not read. `detail` is a sentence without a full stop that begins small. */
export interface FileProblem {
  readonly kind: "not-utf8" | "not-readable" | "outside-project";
  readonly detail: string;
}
