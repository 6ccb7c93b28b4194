/**
 * Microsoft Entra as far as a deployment sees it: a credential that gives tokens, and a check of them as services do it.
 * The tokens are unsigned JSON web tokens, which Azurite takes as well.
 */
import type { TokenCredential } from "@azure/identity";
import type { FakeAnswer } from "./http.ts";

const HOUR = 3_600_000;

export interface Entra {
  readonly credential: TokenCredential;
  readonly objectId: string;
  /** Every token that was given so far is refused from now on; the next one is good. */
  expireAll(): void;
  /** How many tokens were given. */
  given(): number;
  /** All that were given, good or not. */
  tokens(): readonly string[];
  /** What a service with this audience answers to the header; undefined where it lets it pass. */
  refusal(authorization: string | undefined, audience: string): FakeAnswer | undefined;
}

export function createEntra(): Entra {
  const objectId = "0b1ec700-0000-4000-8000-000000000001";
  const tenant = "7e4a4700-0000-4000-8000-000000000001";
  const good = new Map<string, string>();
  const all: string[] = [];
  let given = 0;

  const getToken: TokenCredential["getToken"] = async (scopes) => {
    given += 1;
    const audience = [scopes].flat().join(" ").replace("/.default", "");
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      aud: audience,
      iss: `https://sts.windows.net/${tenant}/`,
      oid: objectId,
      tid: tenant,
      idtyp: "app",
      appid: "a9910000-0000-4000-8000-000000000001",
      iat: seconds,
      nbf: seconds - 60,
      exp: seconds + 3600,
      // No two tokens are the same.
      jti: String(given),
    };
    const token = [{ alg: "none", typ: "JWT" }, claims].map((part) => encoded(JSON.stringify(part))).join(".");
    good.set(`${token}.`, audience);
    all.push(`${token}.`);
    return { token: `${token}.`, expiresOnTimestamp: Date.now() + HOUR };
  };

  return {
    credential: { getToken },
    objectId,
    expireAll: () => good.clear(),
    given: () => given,
    tokens: () => all,
    refusal: (authorization, audience) => {
      if (authorization === undefined) return unauthorized("AuthenticationFailed", MISSING);
      const token = authorization.replace(/^Bearer /, "");
      const of = good.get(token);
      if (of === undefined) return unauthorized("ExpiredAuthenticationToken", EXPIRED);
      return of === audience ? undefined : unauthorized("InvalidAuthenticationTokenAudience", WRONG_AUDIENCE);
    },
  };
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64url");
}

const MISSING = "Authentication failed. The 'Authorization' header is missing.";
// As in turbot/steampipe-plugin-azure#261.
const EXPIRED =
  "The access token expiry UTC time '8/5/2021 7:58:17 AM' is earlier than current UTC time '8/5/2021 7:59:15 AM'.";
const WRONG_AUDIENCE = "The access token has been obtained for wrong audience or resource.";

/** The management API's answer, with the challenge of RFC 6750. */
function unauthorized(code: string, message: string): FakeAnswer {
  const challenge = `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="${message}"`;
  return { status: 401, headers: { "www-authenticate": challenge }, body: { error: { code, message } } };
}
