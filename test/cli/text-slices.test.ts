import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { digest } from "../../src/cli/digest.ts";
import { slicesOf } from "../../src/cli/text-slices.ts";

it("cuts a large text between characters", () => {
  // Of any two neighbouring places, one is inside of a pair.
  for (const text of [`a${"😀".repeat(1 << 20)}`, "😀".repeat(1 << 20), "\ud800".repeat(3), "short", ""]) {
    const slices = [...slicesOf(text)];
    expect(slices.join("") === text).toBe(true);
    expect(slices.slice(0, -1).every((each) => each.isWellFormed())).toBe(true);
    const whole = { sha256: createHash("sha256").update(text).digest("hex"), bytes: Buffer.byteLength(text) };
    expect(digest(text)).toEqual(whole);
  }
});
