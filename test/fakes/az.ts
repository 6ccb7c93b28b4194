/**
 * The `az` of somebody who is signed in, for processes that a test starts: `DefaultAzureCredential` asks it for tokens,
 * and it asks the stand-in for Entra.
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import type { Entra } from "./entra.ts";
import { startServer } from "./http.ts";

export interface AzCommand extends AsyncDisposable {
  /** Variables of the environment with which a process is signed in, by this command and nothing else. */
  readonly env: { readonly PATH: string; readonly AZURE_TOKEN_CREDENTIALS: string };
}

/** Writes the command into a folder of the test's own. */
export async function startAz(entra: Entra, folder: string): Promise<AzCommand> {
  const server = await startServer(async ({ query }) => {
    const given = await entra.credential.getToken(`${query.get("resource")}/.default`);
    const expires_on = Math.floor((given?.expiresOnTimestamp ?? 0) / 1000);
    return { status: 200, body: { accessToken: given?.token, expires_on, tokenType: "Bearer" } };
  });
  mkdirSync(folder, { recursive: true });
  // As in `az account get-access-token --output json --resource https://management.azure.com`.
  const script = `#!${process.execPath}
const resource = process.argv[process.argv.indexOf("--resource") + 1];
require("node:http").get("${server.url}/?resource=" + encodeURIComponent(resource), (answer) => answer.pipe(process.stdout));
`;
  writeFileSync(`${folder}/az`, script);
  chmodSync(`${folder}/az`, 0o755);
  return {
    env: { PATH: `${folder}:${process.env.PATH}`, AZURE_TOKEN_CREDENTIALS: "AzureCliCredential" },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
