/**
 * Handlebars as all targets use it: layout only. Names that the view lacks are errors; escaping is done before. The build
 * compiles the templates beforehand with the same options (`scripts/build.ts`), so that the command loads no compiler.
 */
import Handlebars from "handlebars";

export const TEMPLATE_OPTIONS = { strict: true, noEscape: true, knownHelpersOnly: true, knownHelpers: {} } as const;

const handlebars = Handlebars.create();

/** A template's text as a function from its view to the text laid out. */
export function template<View extends object>(text: string): (view: View) => string {
  return handlebars.compile<View>(text, TEMPLATE_OPTIONS);
}
