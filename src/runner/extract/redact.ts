/** Messages of drivers, without what must not be seen in them. */
import type { ReachedSource } from "./sources.ts";

/** The text with the source's secrets and every user and password in an address taken out. */
export function scrubbed(text: string, source: ReachedSource): string {
  const known = secretsOf(source).filter((secret) => secret !== "");
  const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  return withoutKnown.replace(/\/\/[^/?#\s@]*@/g, "//***@");
}

function secretsOf(source: ReachedSource): readonly string[] {
  switch (source.kind) {
    case "postgres":
      return forms(source.password);
    case "mongodb": {
      const [, user = "", password = ""] = /\/\/([^:@/]*):([^@/]*)@/.exec(source.uri) ?? [];
      return [source.uri, ...forms(password), ...forms(user)];
    }
    default:
      return [];
  }
}

/** As it is and as it stands in an address. */
function forms(secret: string): readonly string[] {
  return [...new Set([secret, encodeURIComponent(secret), decoded(secret)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
