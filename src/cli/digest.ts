import { createHash } from "node:crypto";
import type { Digest } from "../codegen/manifest.ts";

/** Node's SHA-256. */
export const digest: Digest = (text) => ({
  sha256: createHash("sha256").update(text, "utf8").digest("hex"),
  bytes: Buffer.byteLength(text, "utf8"),
});
