/** Handlebars as all targets use it: layout only. Names that the view lacks are errors; escaping is done before. */
import Handlebars from "handlebars";

const handlebars = Handlebars.create();

/** A template's text as a function from its view to the text laid out. */
export function template<View extends object>(text: string): (view: View) => string {
  return handlebars.compile<View>(text, { strict: true, noEscape: true, knownHelpersOnly: true, knownHelpers: {} });
}
