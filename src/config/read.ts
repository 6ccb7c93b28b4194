/**
 * Reads medal.json and validates it against its schema; rejects secrets. Params and sources are checked against the
 * program later, by `resolveEnvironment`.
 */
import type { ErrorObject } from "ajv";
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import schema from "../../schemas/medal.schema.json" with { type: "json" };
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { nameHint } from "../diagnostics/suggest.ts";
import type { SourceFile, Span } from "../source.ts";
import type { Config } from "./config.ts";
import { secretsIn } from "./secrets.ts";
import { validate } from "./validator.ts";

/** Reads the text of the medal.json in `folder`. With errors the result has no environments. */
export function readConfig(
  file: SourceFile,
  folder: string,
): { readonly config: Config; readonly diagnostics: readonly Diagnostic[] } {
  const problems: ParseError[] = [];
  const tree = parseTree(file.text, problems, { allowTrailingComma: false, disallowComments: true });
  const spanOf: Config["spanOf"] = (path, part) => spanOfNode(file, tree, path, part);
  const empty: Config = { folder, file, environments: new Map(), spanOf };

  const [problem] = problems;
  if (problem !== undefined || tree === undefined) {
    const start = problem?.offset ?? 0;
    const span = { file: file.path, start, end: start + Math.max(1, problem?.length ?? 1) };
    return { config: empty, diagnostics: [diagnostic("config-syntax", span, { problem: problemText(problem) })] };
  }

  const value: unknown = JSON.parse(file.text);
  if (!validate(value)) {
    return {
      config: empty,
      diagnostics: schemaProblems(validate.errors ?? []).map((error) => schemaDiagnostic(error, spanOf)),
    };
  }
  const secrets = secretsIn(value).map((path) => diagnostic("config-secret", spanOf(path), { place: path.join(".") }));
  if (secrets.length > 0) return { config: empty, diagnostics: secrets };
  return { config: { ...empty, environments: new Map(Object.entries(value.environments ?? {})) }, diagnostics: [] };
}

/** Formats `ValueExpected` as "value expected". */
function problemText(problem: ParseError | undefined): string {
  if (problem === undefined) return "the file is empty";
  const words = printParseErrorCode(problem.error).replace(/([a-z])([A-Z])/g, "$1 $2");
  return words.toLowerCase();
}

function spanOfNode(
  file: SourceFile,
  tree: Node | undefined,
  path: readonly string[],
  part: "name" | "value" = "value",
): Span {
  const value = tree && findNodeAtLocation(tree, [...path]);
  const node = part === "name" ? value?.parent?.children?.[0] : value;
  if (node === undefined) return { file: file.path, start: 0, end: 0 };
  return { file: file.path, start: node.offset, end: node.offset + node.length };
}

/** Omits errors that only refer to another one. */
function schemaProblems(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  return errors.filter((error) => error.keyword !== "propertyNames");
}

function schemaDiagnostic(error: ErrorObject, spanOf: Config["spanOf"]): Diagnostic {
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  const place = path.length === 0 ? "medal.json" : path.join(".");
  if (error.keyword === "additionalProperties") {
    const name = String(error.params.additionalProperty);
    return unknownProperty(name, place, spanOf([...path, name], "name"), knownProperties(error));
  }
  const name: unknown = error.propertyName;
  if (typeof name !== "string")
    return diagnostic("config-invalid", spanOf(path), { place, problem: `${error.message}` });
  const problem = `has the name ${name}, which ${error.message}`;
  return diagnostic("config-invalid", spanOf([...path, name], "name"), { place, problem });
}

function unknownProperty(name: string, place: string, span: Span, known: readonly string[]): Diagnostic {
  return diagnostic("config-unknown-property", span, { place, name }, nameHint(name, known, "Allowed:"));
}

/** The properties that the schema allows in the object with the error. */
function knownProperties({ instancePath }: ErrorObject): readonly string[] {
  const { environment, spark, azure } = schema.definitions;
  const [, , , part, inner] = instancePath.split("/");
  if (instancePath === "") return Object.keys(schema.properties);
  if (part === "spark") return Object.keys(spark.properties);
  if (part !== "azure") return Object.keys(environment.properties);
  return Object.keys(inner === "endpoints" ? azure.properties.endpoints.properties : azure.properties);
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
