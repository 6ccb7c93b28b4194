/** Handlebars templates are imported as text, by the build and the tests. */
declare module "*.hbs" {
  const text: string;
  export default text;
}
