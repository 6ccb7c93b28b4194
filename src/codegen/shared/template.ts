/**
 * Handlebars for all targets: layout only. Missing names are errors, and values are escaped beforehand. The build
 * precompiles the templates with the same options (`scripts/build.ts`), so that no template compiler is loaded at run time.
 */
import Handlebars from "handlebars";

export const TEMPLATE_OPTIONS = { strict: true, noEscape: true, knownHelpersOnly: true, knownHelpers: {} } as const;

const handlebars = Handlebars.create();

/** Compiles a template to a function that renders it. */
export function template<View extends object>(text: string): (view: View) => string {
  return handlebars.compile<View>(text, TEMPLATE_OPTIONS);
}
