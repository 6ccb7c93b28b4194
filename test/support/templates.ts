/** Lets Node import templates as text, like the build and vitest. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

/** Affects later imports only. */
export function templatesAsText(): void {
  registerHooks({
    load(url, context, next) {
      if (!url.endsWith(".hbs")) return next(url, context);
      const text = readFileSync(fileURLToPath(url), "utf8");
      return { format: "module", shortCircuit: true, source: `export default ${JSON.stringify(text)};` };
    },
  });
}
