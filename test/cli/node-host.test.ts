import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { createNodeHost } from "../../src/node-host.ts";

it("the programs of a folder include subfolders, without other projects and tool folders", () => {
  const folder = mkdtempSync(`${tmpdir()}/medalc-host-`);
  const write = (path: string) => {
    mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    writeFileSync(`${folder}/${path}`, "");
  };
  for (const path of ["b.medal", "a/a.medal", "a/notes.txt", "out/x.medal", ".git/x.medal", "other/x.medal"])
    write(path);
  write("medal.json");
  write("other/medal.json");
  expect(createNodeHost(folder, ".").listPrograms(".")).toEqual(["a/a.medal", "b.medal"]);
  rmSync(folder, { recursive: true });
});
