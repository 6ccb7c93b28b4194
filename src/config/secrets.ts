/** What looks like a secret, by its name or by its value. medal.json is kept with the program, so it may hold none. */

/** What names of secrets have in them, as a pattern. Keys of tables, tasks and clusters open nothing. */
export const SECRET_WORDS =
  "passw(or)?d|pwd|passphrase|secret|token|(account|access|api|shared|principal|function|storage|private|host|master)[_.-]?key";
const SECRET_NAME = new RegExp(`${SECRET_WORDS}|credential|connection_?string|^sas|sas_?ur[il]`, "i");
/** What has such a word in it and is a name all the same. */
const ONLY_A_NAME = /(name|scope|version|type)$/i;
const SECRET_VALUE =
  /:\/\/[^/?#\s]*:[^/?#\s]*@|\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)=|[?&]sig=/i;

/** The paths of the strings that look like secrets, by their name or by their value; in the order of the file. */
export function secretsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === "string") return isSecret(path.at(-1) ?? "", value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, [...path, name]));
}

function isSecret(name: string, text: string): boolean {
  return isSecretName(name) || holdsSecret(text);
}

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !ONLY_A_NAME.test(name);
}

/** Whether a text looks like one that a secret is in: an address with a password, a connection string, a signed URL. */
export function holdsSecret(text: string): boolean {
  return SECRET_VALUE.test(text);
}
