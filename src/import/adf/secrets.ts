/** Finds plain-text secrets in a factory's files, so that none of them gets into a program or a message. */
import { secretsIn } from "../../config/secrets.ts";
import { isSecretName } from "../../diagnostics/secrets.ts";
import type { Factory } from "./factory.ts";
import { isObject } from "./json.ts";

/** Whether a text of the factory contains no secret. */
export type IsSafe = (text: string) => boolean;

const INSIDE =
  /\b(?:passw(?:or)?d|pwd|account_?key|shared_?access_?key|shared_?access_?signature|sig|api_?key|token)\s*=\s*([^;&"'\s]+)/gi;
const IN_ADDRESS = /:\/\/[^/?#\s:@]*:([^/?#\s@]+)@/g;

/** Shorter secrets are ignored, because they could be part of unrelated words. */
const SHORTEST_PART = 6;

export function createIsSafe(factory: Factory): IsSafe {
  const secrets = new Set<string>();
  for (const { node } of Object.values(factory.objects).flat()) collect(node.value, "", secrets);
  const known = [...secrets].map((each) => each.toLowerCase());
  return (text) => {
    const small = text.toLowerCase();
    return (
      secretsIn(text).length === 0 &&
      !known.some((each) => small === each || (each.length >= SHORTEST_PART && small.includes(each)))
    );
  };
}

function collect(value: unknown, name: string, secrets: Set<string>): void {
  if (typeof value === "string") {
    if (isSecretName(name) && !value.startsWith("@")) secrets.add(value);
    for (const pattern of [INSIDE, IN_ADDRESS])
      for (const [, found = ""] of value.matchAll(pattern)) secrets.add(found);
  } else if (Array.isArray(value)) {
    for (const each of value) collect(each, name, secrets);
  } else if (isObject(value)) {
    const isSecure = typeof value.type === "string" && value.type.toLowerCase() === "securestring";
    for (const [inner, each] of Object.entries(value)) {
      const holds = inner === "value" || inner === "defaultValue";
      // The name of a parameter or property determines whether its value or secure string is a secret.
      collect(each, holds ? (isSecure ? "password" : name) : inner, secrets);
    }
  }
}
