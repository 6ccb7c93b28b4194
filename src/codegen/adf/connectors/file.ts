import type { Setting } from "../../../plan/program.ts";
import { required } from "../settings.ts";
import { expression, type Json, text } from "../value.ts";
import { type Connector, pathOf } from "./connector.ts";

/** Files in a folder of the lake's own container, copied byte for byte. */
export const file: Connector = {
  item: (bronze, source) => {
    const path = pathOf(bronze);
    return { folder: folderOf(required(source, "path"), path), name: path.slice(path.lastIndexOf("/") + 1) };
  },
  copy: {
    source: {
      type: "BinarySource",
      storeSettings: { type: "AzureBlobFSReadSettings", recursive: false },
      formatSettings: { type: "BinaryReadSettings" },
    },
    input: { folder: expression("@item().folder"), file: expression("@item().name") },
    sink: "bytes",
  },
};

/** Without slashes at its ends, as Data Factory has folders. */
function folderOf(base: Setting, path: string): Json {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  if (base.kind !== "text")
    return folder === "" ? text`${base}` : text`${base}/${{ kind: "text", value: trimmed(folder) }}`;
  return trimmed(`${base.value}/${folder}`);
}

function trimmed(folder: string): string {
  return folder
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
