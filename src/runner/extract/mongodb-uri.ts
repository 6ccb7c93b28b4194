/**
 * Validates MongoDB connection strings before they reach the driver, whose error messages may quote part of the password.
 */
import { sourceError } from "./failures.ts";

export interface MongoUri {
  /** `mongodb://a:27017,b:27017` */
  readonly server: string;
  readonly user: string;
  readonly password: string;
}

/** A percent sign has to be followed by two hexadecimal digits. */
const TEXT = "(?:[^:@/?#[\\]%\\s]|%[0-9A-Fa-f]{2})*";
const HOST = "(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+|\\[[0-9A-Fa-f:.]+\\]";
const HOSTS = `(?:${HOST})(?::\\d{1,5})?(?:,(?:${HOST})(?::\\d{1,5})?)*`;
const URI = new RegExp(`^(mongodb(?:\\+srv)?://)(?:(${TEXT})(?::(${TEXT}))?@)?(${HOSTS})(?:/[^/?#@]*)?(?:\\?[^#]*)?$`);

/** Throws a source error that does not quote the string. */
export function parseMongoUri(uri: string): MongoUri {
  const refused = (why: string) => sourceError({ kind: "address" }, `the connection string ${why}`);
  if (!/^mongodb(\+srv)?:\/\//.test(uri)) throw refused("does not start with mongodb:// or mongodb+srv://");
  const [, scheme = "", user = "", password = "", hosts = ""] = URI.exec(uri) ?? [];
  if (hosts === "") {
    const hasUser = uri.includes("@");
    throw refused(
      hasUser
        ? "is not valid: percent-encode each of : / ? # [ ] @ % in the user name and the password, `%40` for `@`"
        : "has no valid host",
    );
  }
  if (hosts.split(",").some((host) => Number(/:(\d+)$/.exec(host)?.[1] ?? 1) > 65_535))
    throw refused("has an invalid port");
  return { server: `${scheme}${hosts}`, user, password };
}
