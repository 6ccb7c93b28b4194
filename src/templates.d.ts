/** Handlebars templates are imported as their text; the build and the tests load them so. */
declare module "*.hbs" {
  const text: string;
  export default text;
}
