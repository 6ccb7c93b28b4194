import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { unzip } from "../../../src/deploy/services/unzip.ts";
import { zip } from "../../fakes/zip.ts";

/** As Python's own library writes it: stored and deflated files, a folder, a name that is not ASCII, a comment. */
const SCRIPT = `
import io, sys, zipfile
out = io.BytesIO()
with zipfile.ZipFile(out, "w") as archive:
    archive.writestr("olist/", "")
    archive.writestr("olist/a.py", "a" * 1000, zipfile.ZIP_DEFLATED)
    archive.writestr("olist/Füße.py", "b", zipfile.ZIP_STORED)
    archive.writestr("olist/empty.py", "")
    archive.comment = b"PK is what archives begin with"
sys.stdout.buffer.write(out.getvalue())
`;

function texts(archive: Buffer): Readonly<Record<string, string>> | undefined {
  const files = unzip(archive);
  return files && Object.fromEntries([...files].map(([name, data]) => [name, data.toString("utf8")]));
}

it("reads archives of another program", () => {
  const archive = execFileSync("python3", ["-c", SCRIPT]);
  expect(texts(archive)).toEqual({ "olist/a.py": "a".repeat(1000), "olist/Füße.py": "b", "olist/empty.py": "" });
});

it("reads an archive of the stand-in", () => {
  expect(texts(zip(new Map([["a/b.py", "x = 1\n"]])))).toEqual({ "a/b.py": "x = 1\n" });
});

it("rejects damaged archives", () => {
  const archive = zip(new Map([["a.py", "abc".repeat(100)]]));
  expect(unzip(Buffer.from("PK"))).toBeUndefined();
  expect(unzip(Buffer.alloc(0))).toBeUndefined();
  for (let at = 0; at < archive.length; at++) {
    const damaged = Buffer.from(archive);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0xff, at);
    expect(() => unzip(damaged), `byte ${at}`).not.toThrow();
    expect(unzip(archive.subarray(0, at)), `cut at ${at}`).toBeUndefined();
  }
});
