/** The files of a ZIP archive that lies in memory: stored or deflated, without encryption, as services send them. */
import { crc32, inflateRawSync } from "node:zlib";

const DIRECTORY_END = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const FILE_HEADER = 0x04034b50;
/** No file of a sound archive is larger; a hostile one must not fill the memory. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** By their paths in the archive, folders left out; undefined for what is no such archive. */
export function unzip(archive: Buffer): ReadonlyMap<string, Buffer> | undefined {
  try {
    return filesIn(archive);
  } catch (error) {
    // A length that leads out of the archive, or data that do not inflate.
    if (error instanceof RangeError || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  }
}

function filesIn(archive: Buffer): ReadonlyMap<string, Buffer> | undefined {
  // The end is 22 bytes long, and a comment may follow.
  let end = archive.length - 22;
  while (end >= 0 && archive.readUInt32LE(end) !== DIRECTORY_END) end -= 1;
  if (end < 0) return undefined;
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    const [method, sum] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 16)];
    const packed = archive.readUInt32LE(at + 20);
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const header = archive.readUInt32LE(at + 42);
    const name = archive.toString("utf8", at + 46, at + 46 + (nameLength ?? 0));
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
    if (name.endsWith("/")) continue;
    if (archive.readUInt32LE(header) !== FILE_HEADER) return undefined;
    const from = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
    const data = archive.subarray(from, from + packed);
    if (data.length !== packed || (method !== 0 && method !== 8)) return undefined;
    const file = method === 0 ? data : inflateRawSync(data, { maxOutputLength: LARGEST_FILE });
    if (crc32(file) !== sum) return undefined;
    files.set(name, file);
  }
  return files;
}
