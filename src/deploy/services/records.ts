/**
 * The records of deployments: small texts in `<project>/<environment>/` in a container of their own, because a cluster that
 * can write to the lake must not be able to write what a rollback deploys. Writes are atomic, and appended text is durable
 * when the call returns.
 */
import { type Container, hasCode, type Limits } from "./container.ts";

export interface Stored {
  readonly text: string;
  /** Changes with every write. */
  readonly etag: string;
}

export interface Records {
  readonly project: string;
  /** The name of the container. */
  readonly container: string;
  exists(): Promise<boolean>;
  /** Creates the container if it does not exist. Writing to an existing one needs fewer permissions. */
  prepare(): Promise<void>;
  /** `medalc-state/olist/prod/current.json`, for messages. */
  pathOf(name: string): string;
  /** Undefined if it does not exist. */
  read(name: string): Promise<Stored | undefined>;
  /** Replaces a record. `if`: only if it does not exist (`"new"`) or has this etag; otherwise returns false. */
  write(
    name: string,
    text: string,
    conditions?: { readonly if?: "new" | string; readonly lease?: string },
  ): Promise<boolean>;
  /** Creates an appendable text; false if it already exists. */
  begin(name: string): Promise<boolean>;
  /** Appends to a text of `at` bytes; false if its length differs. */
  append(name: string, text: string, at: number): Promise<boolean>;
  /** Names in a folder, sorted. */
  list(folder: string): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
  /** Acquires a lease of `seconds` on a record; undefined if somebody else holds one with another id. */
  lease(name: string, seconds: number, id?: string): Promise<string | undefined>;
  /** False if the lease has expired and was taken by somebody else, or was broken. */
  renew(name: string, lease: string, limits: Limits): Promise<boolean>;
  release(name: string, lease: string): Promise<void>;
}

/** Error codes of unmet conditions. */
const UNMET = ["ConditionNotMet", "BlobAlreadyExists", "AppendPositionConditionNotMet"] as const;
const LEASED = ["LeaseAlreadyPresent", "LeaseIdMissing"] as const;
const LEASE_GONE = [
  ...["LeaseIdMismatchWithLeaseOperation", "LeaseNotPresentWithLeaseOperation", "LeaseIsBrokenAndCannotBeRenewed"],
  ...["LeaseLost", "LeaseIdMismatchWithBlobOperation", "LeaseNotPresentWithBlobOperation", "BlobNotFound"],
] as const;

export function createRecords({ client, owner: { project, environment }, ask }: Container): Records {
  // A project may have any name, but must not escape its folder.
  const root = [project, environment].map((each) => encodeURIComponent(each).replaceAll(".", "%2E")).join("/");
  const pathOf = (name: string): string => `${client.containerName}/${root}/${name}`;
  const blob = (name: string) => client.getBlockBlobClient(`${root}/${name}`);
  const exists = () =>
    ask(`show the container ${client.containerName}`, (abortSignal) => client.exists({ abortSignal }));
  const unlessMet = async (request: () => Promise<unknown>, codes: readonly string[]): Promise<boolean> => {
    try {
      await request();
      return true;
    } catch (error) {
      if (hasCode(error, ...codes)) return false;
      throw error;
    }
  };

  return {
    project,
    pathOf,
    container: client.containerName,
    exists,
    async prepare() {
      if (await exists()) return;
      await ask(`create the container ${client.containerName}`, async (abortSignal) => {
        await client.createIfNotExists({ abortSignal });
      });
    },
    read: (name) =>
      ask(`read ${pathOf(name)}`, async (abortSignal) => {
        try {
          const { readableStreamBody, etag } = await blob(name).download(0, undefined, { abortSignal });
          return { text: await textOf(readableStreamBody), etag: etag ?? "" };
        } catch (error) {
          if (hasCode(error, "BlobNotFound", "ContainerNotFound")) return undefined;
          throw error;
        }
      }),
    write: (name, text, { if: condition, lease } = {}) =>
      ask(`write ${pathOf(name)}`, (abortSignal) => {
        const conditions = {
          ...(condition === "new" ? { ifNoneMatch: "*" } : condition === undefined ? {} : { ifMatch: condition }),
          ...(lease === undefined ? {} : { leaseId: lease }),
        };
        const options = { abortSignal, conditions, blobHTTPHeaders: { blobContentType: "application/json" } };
        const bytes = Buffer.from(text);
        return unlessMet(() => blob(name).upload(bytes, bytes.length, options), [...UNMET, ...LEASED, ...LEASE_GONE]);
      }),
    begin: (name) =>
      ask(`write ${pathOf(name)}`, (abortSignal) => {
        const options = { abortSignal, conditions: { ifNoneMatch: "*" } };
        return unlessMet(() => client.getAppendBlobClient(`${root}/${name}`).create(options), UNMET);
      }),
    append: (name, text, at) =>
      ask(`write ${pathOf(name)}`, (abortSignal) => {
        const bytes = Buffer.from(text);
        const options = { abortSignal, conditions: { appendPosition: at } };
        return unlessMet(
          () => client.getAppendBlobClient(`${root}/${name}`).appendBlock(bytes, bytes.length, options),
          UNMET,
        );
      }),
    list: (folder) =>
      ask(`list ${pathOf(folder)}`, async (abortSignal) => {
        const names: string[] = [];
        try {
          for await (const { name } of client.listBlobsFlat({ prefix: `${root}/${folder}/`, abortSignal })) {
            names.push(name.slice(root.length + 1));
          }
        } catch (error) {
          if (!hasCode(error, "ContainerNotFound")) throw error;
        }
        return names.sort();
      }),
    remove: (name) =>
      ask(`remove ${pathOf(name)}`, async (abortSignal) => {
        await blob(name).deleteIfExists({ abortSignal });
      }),
    lease: (name, seconds, id) => {
      // One id for all attempts: if the response to a successful attempt was lost, the lease is still recognised.
      const own = blob(name).getBlobLeaseClient(id);
      return ask(`take the lease on ${pathOf(name)}`, async (abortSignal) => {
        const taken = await unlessMet(() => own.acquireLease(seconds, { abortSignal }), LEASED);
        return taken ? own.leaseId : undefined;
      });
    },
    renew: (name, lease, limits) =>
      ask(
        `renew the lease on ${pathOf(name)}`,
        (abortSignal) => unlessMet(() => blob(name).getBlobLeaseClient(lease).renewLease({ abortSignal }), LEASE_GONE),
        limits,
      ),
    release: (name, lease) =>
      ask(`release the lease on ${pathOf(name)}`, async (abortSignal) => {
        await unlessMet(() => blob(name).getBlobLeaseClient(lease).releaseLease({ abortSignal }), LEASE_GONE);
      }),
  };
}

async function textOf(stream: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
