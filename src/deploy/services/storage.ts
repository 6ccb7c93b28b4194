/** The lake's container, which is marked by metadata, and the tables in it. */
import type { ActualObject, ObjectId } from "../object.ts";
import type { ServiceClient } from "../service.ts";
import { type Container, hasCode } from "./container.ts";
import { tableFiles } from "./table-files.ts";

export function createStorage(container: Container): ServiceClient {
  const { client, owner, ask } = container;
  const { project, environment } = owner;
  const metadataOf = async (abortSignal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined> => {
    try {
      return (await client.getProperties({ abortSignal })).metadata ?? {};
    } catch (error) {
      if (hasCode(error, "ContainerNotFound")) return undefined;
      throw error;
    }
  };
  return {
    service: "storage",
    async read(wanted) {
      const metadata = await ask(`show the container ${client.containerName}`, metadataOf);
      if (metadata === undefined) return [];
      const id: ObjectId = { service: "storage", kind: "container", name: client.containerName };
      const tables: ActualObject[] = [];
      for (const table of wanted.filter(({ kind }) => kind === "table")) {
        const { own, others } = await tableFiles(container, table);
        if (own.length === 0) continue;
        // Who names a table says that it is the project's.
        tables.push({ ...storageId(table), body: {}, needs: [], project });
        for (const name of others) {
          tables.push({ service: "storage", kind: "blob", name, body: {}, needs: [], project: undefined });
        }
      }
      return [{ ...id, body: {}, needs: [], ...ownerOf(metadata) }, ...tables];
    },
    async write() {
      await ask(`create the container ${client.containerName}`, async (abortSignal) => {
        const mark = { [MARK]: encodeURIComponent(project), [ENVIRONMENT_MARK]: environment };
        const { succeeded } = await client.createIfNotExists({ abortSignal, metadata: mark });
        if (succeeded) return;
        const metadata = await metadataOf(abortSignal);
        if (metadata === undefined) return;
        const now = ownerOf(metadata);
        if (now.project === project && now.environment === environment) return;
        await client.setMetadata({ ...metadata, ...mark }, { abortSignal });
      });
    },
    /** Of a container, takes the mark off: it stays with all that is in it. Of a table, removes its files. */
    async remove(id) {
      if (id.kind === "table") {
        const { own } = await tableFiles(container, id);
        for (const name of own) {
          await ask(`remove ${name}`, (abortSignal) => client.getBlobClient(name).deleteIfExists({ abortSignal }));
        }
        return;
      }
      await ask(`take the mark off the container ${client.containerName}`, async (abortSignal) => {
        const { [MARK]: mark, [ENVIRONMENT_MARK]: _, ...metadata } = (await metadataOf(abortSignal)) ?? {};
        if (mark !== undefined) await client.setMetadata(metadata, { abortSignal });
      });
    },
  };
}

const MARK = "medal_project";
const ENVIRONMENT_MARK = "medal_environment";

function ownerOf(metadata: Readonly<Record<string, string>>): Pick<ActualObject, "project" | "environment"> {
  const environment = metadata[ENVIRONMENT_MARK];
  return { project: projectOf(metadata), ...(environment === undefined ? {} : { environment }) };
}

/** A header takes ASCII only. */
function projectOf(metadata: Readonly<Record<string, string>>): string | undefined {
  const mark = metadata[MARK];
  if (mark === undefined) return undefined;
  try {
    return decodeURIComponent(mark);
  } catch {
    return mark;
  }
}

function storageId({ service, kind, name }: ObjectId): ObjectId {
  return { service, kind, name };
}
