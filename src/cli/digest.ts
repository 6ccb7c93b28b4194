import { createHash } from "node:crypto";
import type { Digest } from "../codegen/manifest.ts";
import { slicesOf } from "./text-slices.ts";

/** Node's SHA-256. */
export const digest: Digest = (text) => {
  const hash = createHash("sha256");
  for (const slice of slicesOf(text)) hash.update(slice, "utf8");
  return { sha256: hash.digest("hex"), bytes: Buffer.byteLength(text, "utf8") };
};
