/**
 * The compiler's access to files, implemented for the command line, a browser, a language server and tests.
 * Paths are `/`-separated. The core reads only through this interface and never writes.
 */
export interface CompilerHost {
  /** The text of a file without its byte order mark; undefined if the file does not exist. */
  readFile(path: string): string | FileProblem | undefined;
  /** The paths of the `.medal` files below a folder, sorted. */
  listPrograms(folder: string): readonly string[];
  isFolder(path: string): boolean;
}

/** Why an existing file is not read. `detail` is a sentence in lower case without a full stop. */
export interface FileProblem {
  readonly kind: "not-utf8" | "not-readable" | "outside-project";
  readonly detail: string;
}
