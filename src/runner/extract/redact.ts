/** Removes secrets from texts: messages of drivers and servers, addresses. */
import { isSecretName } from "../../diagnostics/secrets.ts";
import type { ReachedSource } from "./sources.ts";

const HIDDEN = "***";

/** Names of query parameters whose values grant access: signatures, keys and tokens of common services. */
const OPENS = /sig|signature|token|key|secret|passw|pwd|code|credential|auth|session/i;

/** A long random value is treated as a secret. */
const LOOKS_RANDOM = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=%.~-]{24,}$/;

/** The text without the source's secrets, user names and passwords in URLs, and signatures. */
export function scrubbed(text: string, source: ReachedSource): string {
  const known = secretsOf(source)
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length);
  const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
  return withoutKnown
    .replace(/\/\/[^\s"'<>]*@/g, `//${HIDDEN}@`)
    .replace(/([?&;]([^=&;\s"'<>]+)=)([^&;\s"'<>]+)/g, (_, start: string, name: string, value: string) =>
      opens(name, value) ? start + HIDDEN : start + value,
    );
}

/** A URL without user, password and secret values in its query. */
export function withoutSecrets(url: URL): string {
  const query = url.search
    .slice(1)
    .split("&")
    .map((part) => {
      const [name = "", ...value] = part.split("=");
      return opens(name, value.join("=")) ? `${name}=${HIDDEN}` : part;
    });
  return `${url.origin}${url.pathname}${url.search === "" ? "" : `?${query.join("&")}`}`;
}

function opens(name: string, value: string): boolean {
  return OPENS.test(name) || isSecretName(name) || LOOKS_RANDOM.test(value);
}

function secretsOf(source: ReachedSource): readonly string[] {
  switch (source.kind) {
    case "postgres":
      return forms(source.password);
    case "mongodb": {
      // Up to the last @, because the password may contain one; if an option contains one, more is hidden than necessary.
      const [, login = ""] = /:\/\/(.*)@/s.exec(source.uri) ?? [];
      const [user = "", ...password] = login.split(":");
      return [source.uri, login, ...forms(password.join(":")), ...forms(user)];
    }
    case "http":
      return [...queryValues(source.baseUrl)].flatMap(forms);
    case "folder":
      return [];
    default:
      return source satisfies never;
  }
}

function queryValues(baseUrl: string): readonly string[] {
  if (!URL.canParse(baseUrl)) return [];
  const { username, password, searchParams } = new URL(baseUrl);
  const values = [...searchParams].filter(([name, value]) => opens(name, value)).map(([, value]) => value);
  return [username, password, ...values];
}

/** The secret as it is, percent-encoded and decoded. */
function forms(secret: string): readonly string[] {
  return [...new Set([secret, encodeURIComponent(secret.toWellFormed()), decoded(secret)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
