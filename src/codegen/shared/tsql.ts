/**
 * Escapes T-SQL for every client and any names and texts: `GO` on its own line and `$(name)` are not T-SQL, but sqlcmd, SSMS
 * and tools built on them interpret them anywhere in a script.
 */

/** `[a]]b]` */
export function quoteName(name: string): string {
  return `[${name.replaceAll("]", "]]")}]`;
}

/** `'it''s'`; with the prefix N if the code page of the database may not support the text. */
export function quoteText(text: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(text);
  return `${isAscii ? "" : "N"}'${text.replaceAll("'", "''")}'`;
}

/** Characters that a reader, a parser or a client may treat as a line break, and invisible characters. */
const lineBreak = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/g;

/** Markdown as comment lines; empty without text. */
export function commentLines(doc: string | undefined): readonly string[] {
  if (doc === undefined) return [];
  return doc.split(lineBreak).map((line) => `-- ${line.replace(control, " ").replaceAll("$(", "$ (")}`.trimEnd());
}

/**
 * A batch that no client changes. A name may contain `$(`, which sqlcmd replaces even in quotes: such a batch is sent as
 * parts of a text that the server concatenates.
 */
export function batch(text: string): string {
  if (!text.includes("$(")) return text;
  const pieces = text.replaceAll("'", "''").split("$(").join("$' + N'(");
  return `EXEC (N'${pieces.trimEnd()}');\n`;
}

/** A script for clients that split batches at `GO`. */
export function script(batches: readonly string[]): string {
  return batches.map((each) => `${each}GO\n`).join("\n");
}

/** The batches of a script whose names and texts contain no line breaks. */
export function batchesOf(script: string): readonly string[] {
  return script.split(/^GO\n\n?/m).filter((each) => each !== "");
}
