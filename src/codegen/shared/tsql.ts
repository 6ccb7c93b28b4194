/**
 * T-SQL that says what it means whatever names and texts it is made of, in every client: `GO` on a line of its own and
 * `$(name)` are no T-SQL, but sqlcmd, SSMS and the deployment pipelines built on them act on them anywhere in a script.
 */

/** `[a]]b]` */
export function quoteName(name: string): string {
  return `[${name.replaceAll("]", "]]")}]`;
}

/** `'it''s'`; with an N before it where the code page of the database could not hold it. */
export function quoteText(text: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(text);
  return `${isAscii ? "" : "N"}'${text.replaceAll("'", "''")}'`;
}

/** What a reader, a parser or a client might take for the end of a line, and characters that no line shows. */
const lineBreak = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/g;

/** Markdown as comment lines, without line breaks; none for no text. */
export function commentLines(doc: string | undefined): readonly string[] {
  if (doc === undefined) return [];
  return doc.split(lineBreak).map((line) => `-- ${line.replace(control, " ").replaceAll("$(", "$ (")}`.trimEnd());
}

/**
 * A batch that no client changes on its way to the server. A name may hold `$(`, and quotes do not keep sqlcmd from
 * replacing it: such a batch is sent as pieces of text that the server puts together.
 */
export function batch(text: string): string {
  if (!text.includes("$(")) return text;
  const pieces = text.replaceAll("'", "''").split("$(").join("$' + N'(");
  return `EXEC (N'${pieces.trimEnd()}');\n`;
}

/** A script for clients that take `GO` as the end of a batch. */
export function script(batches: readonly string[]): string {
  return batches.map((each) => `${each}GO\n`).join("\n");
}

/** The batches of a script whose names and texts hold no line break. */
export function batchesOf(script: string): readonly string[] {
  return script.split(/^GO\n\n?/m).filter((each) => each !== "");
}
