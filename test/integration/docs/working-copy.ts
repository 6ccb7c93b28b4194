/** A fresh clone, without a network: the files of the repository, linked packages, `dist` built. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { root } from "../../support/paths.ts";

export function workingCopy(): string {
  const copy = mkdtempSync(`${tmpdir()}/medalc-clone-`);
  const files = "git ls-files -z --cached --others --exclude-standard";
  execFileSync(
    "bash",
    ["-c", `${files} | tar -c --null --ignore-failed-read -T - 2>/dev/null | tar -x -C "$1"`, "bash", copy],
    { cwd: root },
  );
  execFileSync("git", ["init", "--quiet"], { cwd: copy });
  cpSync(`${root}/dist`, `${copy}/dist`, { recursive: true });
  linkPackages(copy);
  return copy;
}

/** The commands of packages are links relative to node_modules; that of medalc points to the folder itself. */
function linkPackages(copy: string): void {
  const packages = `${root}/node_modules`;
  mkdirSync(`${copy}/node_modules`);
  for (const name of readdirSync(packages)) {
    if (name !== ".bin") symlinkSync(`${packages}/${name}`, `${copy}/node_modules/${name}`);
  }
  cpSync(`${packages}/.bin`, `${copy}/node_modules/.bin`, { recursive: true, verbatimSymlinks: true });
}
