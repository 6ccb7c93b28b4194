/**
 * Damage to files of the lake: what is missing, is of another size or, where contents are compared, has another content
 * than was recorded when it was written.
 */
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import type { LiveFile, Snapshot } from "./delta/log.ts";
import { isFileError, isSystemError, messageOf } from "./errors.ts";
import { sha256Of } from "./extract/fetcher.ts";

/** What is known of a file. */
export interface Expected {
  readonly bytes?: number;
  readonly sha256?: string;
}

/** What is wrong with a file, in words; undefined where nothing is. */
export async function fileDamage(path: string, expected: Expected, contents: boolean): Promise<string | undefined> {
  const name = basename(path);
  try {
    const found = await stat(path);
    if (!found.isFile()) return `${name} is not a file`;
    if (expected.bytes !== undefined && found.size !== expected.bytes) {
      return `${name} has ${found.size} bytes instead of ${expected.bytes}`;
    }
    if (!contents) return undefined;
    // Also where nothing is known of its content it has to be readable.
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

/** The same of the files that the newest version of a table consists of. */
export async function snapshotDamage(
  folder: string,
  snapshot: Snapshot | undefined,
  contents: boolean,
): Promise<string | undefined> {
  const damageOf = ({ path, size, sha256 }: LiveFile) =>
    fileDamage(join(folder, path), { bytes: size, ...(sha256 === undefined ? {} : { sha256 }) }, contents);
  if (contents) {
    // One after the other: each is read to its end.
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
 * Spark leaves checksums beside each file that it writes to a disk: `.NAME.crc`, a header, the number of bytes that each
 * checksum is of, the checksums. A file without them counts as unchanged.
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
