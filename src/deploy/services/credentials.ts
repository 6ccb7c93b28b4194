/**
 * Who deploys: an identity of Microsoft Entra in one of Azure's clouds, and the tokens it gives. The library that finds
 * the identity is loaded when one is asked for, so that no other command waits for it.
 */
import type { GetTokenOptions, TokenCredential } from "@azure/identity";
import type { CloudName } from "../../codegen/shared/cloud.ts";
import { COMMAND_LINE } from "../../config/environment.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { codeOf, type Failure, failure, isFailure, messageOf } from "../../runner/errors.ts";
import { unreachable, withoutSecrets } from "./service-errors.ts";

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
    return new DefaultAzureCredential({ authorityHost: CLOUDS[cloud].authority });
  } catch (error) {
    // AZURE_TOKEN_CREDENTIALS names no kind of identity.
    throw identityFailure(error);
  }
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

export function createTokens({ credential, scope, signal }: TokensOptions): Tokens {
  let known: { readonly token: string; readonly until: number } | undefined;
  let underWay: Promise<string> | undefined;

  const ask = async (claims?: string): Promise<string> => {
    const options: GetTokenOptions = { abortSignal: signal, enableCae: true, requestOptions: { timeout: TIMEOUT } };
    try {
      const given = await credential.getToken(scope, claims === undefined ? options : { ...options, claims });
      if (given === null) throw missing();
      known = { token: given.token, until: given.expiresOnTimestamp - MARGIN };
      return given.token;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw isFailure(error) ? error : identityFailure(error);
    }
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

function missing(): Failure {
  return failure(diagnostic("identity-missing", COMMAND_LINE, {}));
}

/** What the library says when it has no token, as a diagnostic. */
function identityFailure(error: unknown): Failure {
  const all = error instanceof Error && "errors" in error && Array.isArray(error.errors) ? error.errors : [error];
  // Each kind of identity that is not set up says so; what was set up and refused is what matters.
  const refused = all.find((each) => each instanceof Error && each.name !== "CredentialUnavailableError");
  if (refused === undefined) return missing();
  const said = descriptionOf(refused) ?? messageOf(refused);
  if (codeOf(refused) !== undefined || /^(network_error|endpoints_resolution_error)\b/.test(said)) {
    return failure(unreachable({ service: "Microsoft Entra", action: "sign in" }, "its address", said));
  }
  // Entra's own sentence stands behind words of the library and before numbers for its support.
  const sentence = /AADSTS\d+:.*?(?= *(?:Trace ID|Correlation ID|Timestamp):|\n|$)/.exec(said)?.[0];
  const problem = withoutSecrets(sentence ?? said);
  return failure(diagnostic("identity-refused", COMMAND_LINE, { problem }));
}

/** What an error of the library says below its first line, which is the same for all. */
function descriptionOf(error: unknown): string | undefined {
  const description: unknown = Object(Object(error).errorResponse).errorDescription;
  return typeof description === "string" ? description : undefined;
}
