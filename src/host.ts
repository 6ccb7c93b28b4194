/**
 * What the compiler asks of the world it runs in: a laptop, a browser, a language server, a test.
 * Paths are `/`-separated. The core reads through this and nothing else; writing belongs to the edge.
 */
export interface CompilerHost {
  /** The text of a file, or undefined where there is none. A byte order mark is removed. */
  readFile(path: string): string | undefined;
  /** The paths of the `.medal` files below a folder, sorted. */
  listPrograms(folder: string): readonly string[];
  isFolder(path: string): boolean;
}
