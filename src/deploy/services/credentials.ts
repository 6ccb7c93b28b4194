/**
 * Signing in: a Microsoft Entra identity in one of Azure's clouds, and its tokens. The identity library is loaded on
 * demand, so that other commands do not wait for it.
 */
import type { GetTokenOptions, TokenCredential } from "@azure/identity";
import type { CloudName } from "../../codegen/shared/cloud.ts";
import { isFailure } from "../../runner/errors.ts";
import { identityMissing, signInFailure } from "./sign-in-errors.ts";

export interface Cloud {
  /** The sign-in URL. */
  readonly authority: string;
  /** The URL of Microsoft Graph. */
  readonly graph: string;
  /** The token scopes by service. */
  readonly scopes: Readonly<Record<"management" | "storage" | "databricks" | "sql", string>>;
}

/** Azure Databricks has the same application ID in every cloud. */
const DATABRICKS = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default";
const STORAGE = "https://storage.azure.com/.default";

export const CLOUDS = {
  public: {
    authority: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com",
    scopes: {
      management: "https://management.azure.com/.default",
      storage: STORAGE,
      databricks: DATABRICKS,
      sql: "https://database.windows.net/.default",
    },
  },
  usgovernment: {
    authority: "https://login.microsoftonline.us",
    graph: "https://graph.microsoft.us",
    scopes: {
      management: "https://management.usgovcloudapi.net/.default",
      storage: STORAGE,
      databricks: DATABRICKS,
      sql: "https://database.usgovcloudapi.net/.default",
    },
  },
  china: {
    authority: "https://login.chinacloudapi.cn",
    graph: "https://microsoftgraph.chinacloudapi.cn",
    scopes: {
      management: "https://management.chinacloudapi.cn/.default",
      storage: STORAGE,
      databricks: DATABRICKS,
      sql: "https://database.chinacloudapi.cn/.default",
    },
  },
} as const satisfies Readonly<Record<CloudName, Cloud>>;

/**
 * The identity of this machine, in the order of `DefaultAzureCredential`: environment variables, workload identity,
 * managed identity, command line tools. No token is requested yet.
 */
export async function defaultCredential(cloud: CloudName): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  try {
    const options = { authorityHost: CLOUDS[cloud].authority, processTimeoutInMs: TIMEOUT };
    return new DefaultAzureCredential(options);
  } catch (error) {
    // AZURE_TOKEN_CREDENTIALS is not a known kind of identity.
    throw isFailure(error) ? error : signInFailure(error);
  }
}

/** Wraps a credential so that its errors are diagnostics, also when an Azure library requests the token. */
export function reporting(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options = {}) {
      try {
        const given = await credential.getToken(scopes, options);
        if (given === null) throw identityMissing();
        // A broken `az` may print anything instead of a token.
        if (typeof given.token !== "string" || given.token === "" || !(given.expiresOnTimestamp > 0)) {
          throw signInFailure(new SyntaxError("no token"));
        }
        return given;
      } catch (error) {
        // The request was cancelled.
        if (isFailure(error) || options.abortSignal?.aborted === true) throw error;
        throw signInFailure(error);
      }
    },
  };
}

/** The access tokens for one service. */
export interface Tokens {
  /** A token valid for some minutes; concurrent calls share one request. Throws a failure without an identity. */
  current(): Promise<string>;
  /** A new token after the service rejected the last one, with the claims it requires. */
  after(refused: string, claims?: string): Promise<string>;
}

export interface TokensOptions {
  readonly credential: TokenCredential;
  readonly scope: string;
  readonly signal: AbortSignal;
}

/** A token is renewed this many milliseconds before it expires. */
const MARGIN = 120_000;
const TIMEOUT = 60_000;

export function createTokens({ credential: given, scope, signal }: TokensOptions): Tokens {
  const credential = reporting(given);
  let known: { readonly token: string; readonly until: number } | undefined;
  let underWay: Promise<string> | undefined;

  const ask = async (claims?: string): Promise<string> => {
    const options: GetTokenOptions = { abortSignal: signal, enableCae: true, requestOptions: { timeout: TIMEOUT } };
    const given = await credential
      .getToken(scope, claims === undefined ? options : { ...options, claims })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    if (given === null) throw identityMissing();
    known = { token: given.token, until: given.expiresOnTimestamp - MARGIN };
    return given.token;
  };
  const askOnce = (claims?: string): Promise<string> => {
    underWay ??= ask(claims).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    current: async () => (known !== undefined && Date.now() < known.until ? known.token : askOnce()),
    after: async (refused, claims) => (known !== undefined && known.token !== refused ? known.token : askOnce(claims)),
  };
}

/** The identity in a token. */
export interface Identity {
  readonly objectId: string;
  readonly kind: "User" | "ServicePrincipal";
  /** The user's name, or the application's id. */
  readonly name: string;
}

/** Undefined if the token is not a JSON web token or lacks the claims. The token is not verified; the service does that. */
export function identityOf(token: string): Identity | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const text = (name: string): string | undefined => {
      const value: unknown = Object(claims)[name];
      return typeof value === "string" ? value : undefined;
    };
    const objectId = text("oid");
    if (objectId === undefined) return undefined;
    const user = text("upn") ?? text("unique_name") ?? text("preferred_username");
    const isUser = text("idtyp") === "user" || (text("idtyp") === undefined && user !== undefined);
    return { objectId, kind: isUser ? "User" : "ServicePrincipal", name: user ?? text("appid") ?? objectId };
  } catch {
    return undefined;
  }
}
