/** The built command beside services on loopback, signed in by an `az` of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { rootCertificates, setDefaultCACertificates } from "node:tls";
import { BlobClient } from "@azure/storage-blob";
import { startAz } from "../../fakes/az.ts";
import { type Cloud, STATE, startCloudOn } from "../../fakes/cloud.ts";
import { type SecureStorage, startSecureStorage } from "../../fakes/storage.ts";
import { root } from "../../support/paths.ts";
import { shop } from "./support.ts";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Command extends AsyncDisposable {
  readonly cloud: Cloud<SecureStorage>;
  readonly folder: string;
  /** Variables with which a process is signed in. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets the time pass after which the lease of a deployment that was killed is over. */
  endLease(): Promise<void>;
  /** Writes the program, with what differs in it. */
  write(program: string): void;
  /** `medalc("deploy --yes")`; `onStart` gets the process. */
  medalc(commandLine: string, onStart?: (child: ChildProcess) => void): Promise<Ran>;
}

export async function startCommand(): Promise<Command> {
  const folder = mkdtempSync(`${tmpdir()}/medalc-deploy-`);
  const storage = await startSecureStorage();
  const cloud = await startCloudOn(storage, { pause: 10 });
  const az = await startAz(cloud.entra, `${folder}/bin`);
  const write = (program: string): void => writeFileSync(`${folder}/shop.medal`, program);
  write(shop());
  writeFileSync(`${folder}/medal.json`, JSON.stringify({ environments: { prod: { azure: cloud.azure } } }));
  writeFileSync(`${folder}/certificate.pem`, storage.certificate);
  const env = { ...process.env, ...az.env, NODE_EXTRA_CA_CERTS: `${folder}/certificate.pem` };
  return {
    cloud,
    folder,
    env: az.env,
    write,
    async endLease() {
      setDefaultCACertificates([...rootCertificates, storage.certificate]);
      const blob = new BlobClient(`${storage.url}/${STATE}/shop%2Fprod%2Flease`, cloud.entra.credential);
      await blob.getBlobLeaseClient().breakLease(0);
    },
    medalc: (commandLine, onStart) =>
      new Promise((resolve, reject) => {
        const args = [`${root}/bin/medalc.js`, ...commandLine.split(" ")];
        const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
        const texts = { out: "", err: "" };
        child.stdout.on("data", (data) => {
          texts.out += data;
        });
        child.stderr.on("data", (data) => {
          texts.err += data;
        });
        child.once("error", reject);
        child.once("close", (code) => resolve({ code, ...texts }));
        onStart?.(child);
      }),
    async [Symbol.asyncDispose]() {
      await az[Symbol.asyncDispose]();
      await cloud[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
