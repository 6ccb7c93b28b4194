/**
 * Detects damaged files of the lake: missing, of another size or, if contents are verified, with another checksum than
 * recorded when they were written.
 */
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import type { LiveFile, Snapshot } from "./delta/log.ts";
import { isFileError, isSystemError, messageOf } from "./errors.ts";
import { sha256Of } from "./extract/fetcher.ts";

/** The recorded facts about a file. */
export interface Expected {
  readonly bytes?: number;
  readonly sha256?: string;
}

/** Describes what is wrong with a file; undefined if it is intact. */
export async function fileDamage(path: string, expected: Expected, contents: boolean): Promise<string | undefined> {
  const name = basename(path);
  try {
    const found = await stat(path);
    if (!found.isFile()) return `${name} is not a file`;
    if (expected.bytes !== undefined && found.size !== expected.bytes) {
      return `${name} has ${found.size} bytes instead of ${expected.bytes}`;
    }
    if (!contents) return undefined;
    // A file without a recorded checksum still has to be readable.
    await (await open(path)).close();
    const isSame =
      expected.sha256 === undefined ? await matchesSparkChecksums(path) : (await sha256Of(path)) === expected.sha256;
    return isSame ? undefined : `the content of ${name} was changed`;
  } catch (error) {
    if (isFileError(error, "ENOENT", "ENOTDIR")) return `${name} is missing`;
    if (isSystemError(error)) return messageOf(error);
    throw error;
  }
}

/** The same for the files of a table's newest version. */
export async function snapshotDamage(
  folder: string,
  snapshot: Snapshot | undefined,
  contents: boolean,
): Promise<string | undefined> {
  const damageOf = ({ path, size, sha256 }: LiveFile) =>
    fileDamage(join(folder, path), { bytes: size, ...(sha256 === undefined ? {} : { sha256 }) }, contents);
  if (contents) {
    // One after the other, because each is read completely.
    for (const file of snapshot?.files ?? []) {
      const damage = await damageOf(file);
      if (damage !== undefined) return damage;
    }
    return undefined;
  }
  return (await Promise.all((snapshot?.files ?? []).map(damageOf))).find((each) => each !== undefined);
}

const CRC_HEADER = "crc\0";

/**
 * Spark writes checksums next to each file on a disk, in `.NAME.crc`: a header, the number of bytes per checksum, and the
 * checksums. A file without them counts as unchanged.
 */
async function matchesSparkChecksums(path: string): Promise<boolean> {
  let checksums: Buffer;
  try {
    checksums = await readFile(join(dirname(path), `.${basename(path)}.crc`));
  } catch (error) {
    if (isFileError(error, "ENOENT")) return true;
    throw error;
  }
  if (checksums.length < 8 || checksums.toString("latin1", 0, 4) !== CRC_HEADER) return true;
  const size = checksums.readUInt32BE(4);
  if (size === 0) return true;
  let at = 8;
  for await (const part of createReadStream(path, { highWaterMark: size * Math.ceil(2 ** 20 / size) })) {
    for (let start = 0; start < part.length; start += size) {
      if (at + 4 > checksums.length || checksums.readUInt32BE(at) !== crc32(part.subarray(start, start + size)))
        return false;
      at += 4;
    }
  }
  return at === checksums.length;
}
