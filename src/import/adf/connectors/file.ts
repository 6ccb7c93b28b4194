import { get } from "../json.ts";
import type { Reached } from "../references.ts";
import { textOf, type Value } from "../value.ts";
import type { Connector } from "./connector.ts";
import { fileTable, joined } from "./files.ts";

/** Files of the lake's storage account. Their common folder follows from all tables together. */
export const file: Connector = {
  kind: "file",
  reads: ["url", "serviceEndpoint", "sasUri", "connectionString", "accountKind", "authenticationType"],
  source: () => ({ settings: [], notices: [] }),
  table: (reached, { activity }) => {
    const settings = get(activity, "typeProperties", "source", "storeSettings");
    const several = ["wildcardFileName", "wildcardFolderPath", "fileListPath", "prefix"].find(
      (name) => get(settings, name).value !== undefined,
    );
    if (several !== undefined) return `it reads several files (${several}); a program reads files by name`;
    const { folder, name } = locationOf(reached);
    if (folder.kind === "unknown") return `its folder: ${folder.why}`;
    if (name.kind === "unknown") return `its file: ${name.why}`;
    return fileTable(joined(textOf(folder), textOf(name)), reached.dataset, activity);
  },
};

export interface Location {
  /** The location of a file dataset: the account's URL, the container, folder and file. */
  readonly account: Value;
  readonly container: Value;
  readonly folder: Value;
  readonly name: Value;
}

const STORAGE: ReadonlySet<string> = new Set(["AzureBlobFS", "AzureBlobStorage"]);

export function isStorage({ service }: Reached): boolean {
  return STORAGE.has(service.type);
}

/** The location of a dataset in a storage account. */
export function locationOf({ dataset, service }: Reached): Location {
  const inner = get(dataset.node, "typeProperties", "location");
  const part = (name: string): Value =>
    get(inner, name).value === undefined ? { kind: "known", value: "" } : dataset.value("location", name);
  const container = get(inner, "fileSystem").value === undefined ? "container" : "fileSystem";
  return {
    account: accountOf(service.value.bind(service), get(service.node, "typeProperties")),
    container: dataset.value("location", container),
    folder: part("folderPath"),
    name: dataset.value("location", "fileName"),
  };
}

/** The account's name from its URL or connection string; nothing else of it is read. */
function accountOf(value: (name: string) => Value, inner: ReturnType<typeof get>): Value {
  const property = ["url", "serviceEndpoint", "sasUri", "connectionString"].find(
    (each) => get(inner, each).value !== undefined,
  );
  if (property === undefined) return { kind: "unknown", why: "the linked service does not specify its account" };
  const address = value(property);
  const found = /^https?:\/\/([a-z0-9]+)\.|AccountName=([a-z0-9]+)/i.exec(textOf(address) ?? "");
  const name = found?.[1] ?? found?.[2];
  // The account's name is only a part of the parameter's value, so the parameter itself cannot be used.
  const origin = address.origin ? { origin: { kind: "linked-service", name: "storage_account" } as const } : {};
  return name === undefined
    ? { kind: "unknown", why: "the linked service does not specify its account", ...origin }
    : { kind: "known", value: name, ...origin };
}
