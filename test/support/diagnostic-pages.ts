/** Parses the pages in docs/diagnostics. */
import { readdirSync, readFileSync } from "node:fs";
import { root } from "./paths.ts";

export interface Page {
  readonly code: string;
  readonly title: string;
  /** The text under each `##` heading. */
  readonly sections: ReadonlyMap<string, string>;
}

export function diagnosticPages(): readonly Page[] {
  const folder = `${root}/docs/diagnostics`;
  return readdirSync(folder)
    .map((name) => name.replace(/\.md$/, ""))
    .sort()
    .map((code) => {
      const [head = "", ...sections] = readFileSync(`${folder}/${code}.md`, "utf8").split(/^## /m);
      return {
        code,
        title: head.split("\n")[0] ?? "",
        sections: new Map(
          sections.map((section) => {
            const end = section.indexOf("\n");
            return [section.slice(0, end), section.slice(end + 1).trim()] as const;
          }),
        ),
      };
    });
}
