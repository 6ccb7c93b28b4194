/** Collects the licences of third-party code and data in a bundle, which have to be distributed with it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

const LICENSE_FILE = /^(licen[cs]e|copying|notice)(\.|$)/i;
const LINE = "-".repeat(80);

/**
 * One text with all licences. Packages contain their own; third-party data has a `NAME.LICENSE.txt` next to the module
 * `NAME.ts` that holds it.
 * @param root the project's folder, with a slash
 * @param inputs the bundled files, below the root
 */
export function bundledLicenses(root: string, inputs: Iterable<string>): string {
  const texts = new Map<string, string>();
  for (const input of inputs) {
    const [folder, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
    if (folder !== undefined && name !== undefined) {
      texts.set(name, packageLicense(`${root}${folder}`));
      continue;
    }
    const license = dataLicense(root, input);
    if (license !== undefined) texts.set(input, license);
  }
  const sections = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => `${name}\n\n${text.trim()}\n`);
  return `medalc includes third-party code and data under these licences:\n\n${sections.join(`\n${LINE}\n`)}`;
}

function packageLicense(folder: string): string {
  const files = readdirSync(folder).filter((name) => LICENSE_FILE.test(name));
  if (files.length === 0) throw new Error(`${folder} has no licence file, so it must not be bundled`);
  return files.map((name) => readFileSync(`${folder}/${name}`, "utf8")).join("\n");
}

function dataLicense(root: string, input: string): string | undefined {
  const file = `${root}${input.replace(/\.[^.]*$/, "")}.LICENSE.txt`;
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
