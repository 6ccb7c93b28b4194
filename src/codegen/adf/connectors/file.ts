import type { Setting } from "../../../plan/program.ts";
import { patternFolder } from "../../../semantics/path-pattern.ts";
import { required } from "../settings.ts";
import { expression, type Json, text } from "../value.ts";
import { type Connector, type FilesParts, pathOf } from "./connector.ts";

/**
 * The files below the pattern's last folder without a placeholder. The service keeps the paths of files relative to the folder
 * that a dataset names, so the pattern's other folders are not given: all of them are copied.
 */
const files: FilesParts = {
  item: (bronze, source) => {
    const path = pathOf(bronze);
    const folder = patternFolder(path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    return {
      folder: folderOf(required(source, "path"), folder),
      name: wildcard(name),
      recursive: path !== `${folder}${name}`,
      below: folder === "" ? "" : `/${trimmed(folder)}`,
    };
  },
  copy: (item) => ({
    source: {
      type: "BinarySource",
      storeSettings: {
        type: "AzureBlobFSReadSettings",
        recursive: expression(`@${item}.recursive`),
        wildcardFileName: expression(`@${item}.name`),
      },
      formatSettings: { type: "BinaryReadSettings" },
    },
    input: { folder: expression(`@${item}.folder`) },
    sink: "folder",
  }),
  within: (source, { start, end }) => {
    const { storeSettings } = source;
    const own = typeof storeSettings === "object" ? storeSettings : {};
    const window = { modifiedDatetimeStart: expression(start), modifiedDatetimeEnd: expression(end) };
    return { ...source, storeSettings: { ...own, ...window } };
  },
};

/** The pattern of a name as the service writes it: `^` makes its own special characters ordinary ones. */
function wildcard(name: string): string {
  return name.replace(/[?^]/g, "^$&").replace(/\{[^{}]*\}/g, "*");
}

/** Files in a folder of the lake's own container, copied byte for byte. */
export const file: Connector = {
  item: (bronze, source) => {
    const path = pathOf(bronze);
    return { folder: folderOf(required(source, "path"), path), name: path.slice(path.lastIndexOf("/") + 1) };
  },
  copy: (item) => ({
    source: {
      type: "BinarySource",
      storeSettings: { type: "AzureBlobFSReadSettings", recursive: false },
      formatSettings: { type: "BinaryReadSettings" },
    },
    input: { folder: expression(`@${item}.folder`), file: expression(`@${item}.name`) },
    sink: "bytes",
  }),
  files,
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
