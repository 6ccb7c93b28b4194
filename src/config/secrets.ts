/** Finds secrets in medal.json, which is committed with the program and must not contain any. */
import { holdsSecret, isSecretName } from "../diagnostics/secrets.ts";

/** The paths of values that look like secrets, by name or value; in the order of the file. */
export function secretsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === "string" || typeof value === "number") {
    return isSecret(path.at(-1) ?? "", String(value)) ? [path] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, [...path, name]));
}

function isSecret(name: string, text: string): boolean {
  return isSecretName(name) || holdsSecret(text);
}
