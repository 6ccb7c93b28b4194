/**
 * Who deploys: an identity of Microsoft Entra in one of Azure's clouds, and the tokens it gives. The library that finds
 * the identity is loaded when one is asked for, so that no other command waits for it.
 */
import type { GetTokenOptions, TokenCredential } from "@azure/identity";
import type { CloudName } from "../../codegen/shared/cloud.ts";
import { isFailure } from "../../runner/errors.ts";
import { identityMissing, signInFailure } from "./sign-in-errors.ts";

export interface Cloud {
  /** Where identities sign in. */
  readonly authority: string;
  /** What a token is for, by service. */
  readonly scopes: Readonly<Record<"management" | "storage" | "databricks" | "sql", string>>;
}

/** Azure Databricks has the same id in every cloud. */
const DATABRICKS = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default";
const STORAGE = "https://storage.azure.com/.default";

export const CLOUDS = {
  public: {
    authority: "https://login.microsoftonline.com",
    scopes: {
      management: "https://management.azure.com/.default",
      storage: STORAGE,
      databricks: DATABRICKS,
      sql: "https://database.windows.net/.default",
    },
  },
  usgovernment: {
    authority: "https://login.microsoftonline.us",
    scopes: {
      management: "https://management.usgovcloudapi.net/.default",
      storage: STORAGE,
      databricks: DATABRICKS,
      sql: "https://database.usgovcloudapi.net/.default",
    },
  },
  china: {
    authority: "https://login.chinacloudapi.cn",
    scopes: {
      management: "https://management.chinacloudapi.cn/.default",
      storage: STORAGE,
      databricks: DATABRICKS,
      sql: "https://database.chinacloudapi.cn/.default",
    },
  },
} as const satisfies Readonly<Record<CloudName, Cloud>>;

/**
 * The identity that the machine offers, in the order of `DefaultAzureCredential`: variables of the environment, workload
 * identity, managed identity, the command line tools. Nothing is asked of it yet.
 */
export async function defaultCredential(cloud: CloudName): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  try {
    const options = { authorityHost: CLOUDS[cloud].authority, processTimeoutInMs: TIMEOUT };
    return new DefaultAzureCredential(options);
  } catch (error) {
    // AZURE_TOKEN_CREDENTIALS names no kind of identity.
    throw isFailure(error) ? error : signInFailure(error);
  }
}

/** The same credential, whose errors are diagnostics: whoever asks it, our requests or a library of Azure. */
export function reporting(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options = {}) {
      try {
        const given = await credential.getToken(scopes, options);
        if (given === null) throw identityMissing();
        // `az` is a program like any other: what it prints need not be what it is to print.
        if (typeof given.token !== "string" || given.token === "" || !(given.expiresOnTimestamp > 0)) {
          throw signInFailure(new SyntaxError("no token"));
        }
        return given;
      } catch (error) {
        // Nobody waits for it any more.
        if (isFailure(error) || options.abortSignal?.aborted === true) throw error;
        throw signInFailure(error);
      }
    },
  };
}

/** The tokens for one service. */
export interface Tokens {
  /** One that is good for some minutes; whoever asks meanwhile waits for the same. Throws a failure where there is none. */
  current(): Promise<string>;
  /** Another than the one that the service refused, with the claims that it demands, if it does. */
  after(refused: string, claims?: string): Promise<string>;
}

export interface TokensOptions {
  readonly credential: TokenCredential;
  readonly scope: string;
  readonly signal: AbortSignal;
}

/** Milliseconds before a token's end at which it is no longer used. */
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

/** Whose a token is, as far as it says. */
export interface Identity {
  readonly objectId: string;
  readonly kind: "User" | "ServicePrincipal";
  /** The user's name, or the application's id. */
  readonly name: string;
}

/** Undefined where the token is no JSON web token or does not say it. Nothing is verified: that is the service's part. */
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
