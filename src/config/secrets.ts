/** Values in medal.json that look like secrets. The file is kept with the program, so it may hold none. */

const SECRET_NAME = /passw(or)?d|secret|token|credential|(api|account|access)[_.]?key|connection_?string/i;
const SECRET_VALUE =
  /:\/\/[^/?#\s]*:[^/?#\s]*@|\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)=|[?&]sig=/i;

/** The paths of the strings that look like secrets, by their name or by their value; in the order of the file. */
export function secretsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === "string") return isSecret(path.at(-1) ?? "", value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, [...path, name]));
}

function isSecret(name: string, text: string): boolean {
  return SECRET_NAME.test(name) || holdsSecret(text);
}

/** Whether a text looks like one that a secret is in: an address with a password, a connection string, a signed URL. */
export function holdsSecret(text: string): boolean {
  return SECRET_VALUE.test(text);
}
