/** Microsoft's own schemas as judges of what is emitted. Where they are absent nothing is said against anything. */
import { readFileSync } from "node:fs";
import AjvDraft04 from "ajv-draft-04";
import { recordAbsentJudge, sharedPath } from "../../support/judges.ts";
import { type BicepChecker, createBicepChecker } from "./bicep-types.ts";
import type { GitObject, Json } from "./support.ts";

const Ajv = AjvDraft04.default;
type Ajv = AjvDraft04.default;

const types: Readonly<Record<string, string>> = {
  factory: "Microsoft.DataFactory/factories",
  linkedService: "Microsoft.DataFactory/factories/linkedservices",
  dataset: "Microsoft.DataFactory/factories/datasets",
  pipeline: "Microsoft.DataFactory/factories/pipelines",
  trigger: "Microsoft.DataFactory/factories/triggers",
};

let bicep: BicepChecker | undefined;

/** Against the closed types: unknown and missing properties, kinds, ranges, names. */
export function strictProblems({ kind, name, properties, ...rest }: GitObject): readonly string[] {
  const file = sharedPath("schemas/adf/microsoft.datafactory.2018-06-01.bicep-types.json");
  if (file === undefined) {
    recordAbsentJudge("Bicep types of Data Factory");
    return [];
  }
  bicep ??= createBicepChecker(file);
  // Only the Git folder says whether a trigger runs; to the service that is read-only.
  const { runtimeState, ...asked } = properties;
  return bicep(types[kind] ?? kind, { name, properties: asked, ...rest }).map((problem) => `${name}: ${problem}`);
}

const SCHEMAS = "https://schema.management.azure.com/schemas";
const files = {
  [`${SCHEMAS}/common/definitions.json`]: "arm/common.definitions.json",
  [`${SCHEMAS}/2019-04-01/deploymentTemplate.json`]: "arm/deploymentTemplate.2019-04-01.json",
  [`${SCHEMAS}/2018-06-01/Microsoft.DataFactory.json`]: "adf/Microsoft.DataFactory.2018-06-01.armschema.json",
};

let ajv: Ajv | undefined;

/** Against the schema of a template's frame, whatever its resources are. */
export function frameProblems(template: Json): readonly string[] {
  return templateProblems({ ...template, resources: [] });
}

/** Against the ARM schemas: the template's frame, then each resource as one of its type. */
export function templateProblems(template: Json): readonly string[] {
  ajv ??= armSchemas();
  if (!ajv) {
    recordAbsentJudge("ARM schemas");
    return [];
  }
  const against = (schema: string, value: Json): readonly string[] => {
    const validate = ajv?.getSchema(schema);
    if (!validate) return [`there is no schema ${schema}`];
    return validate(value)
      ? []
      : (validate.errors ?? []).map((error) => `${schema}${error.instancePath} ${error.message}`);
  };
  const frame = against(`${SCHEMAS}/2019-04-01/deploymentTemplate.json`, template);
  const resources: readonly Json[] = Array.isArray(template.resources) ? template.resources : [];
  return [
    ...frame,
    ...resources.flatMap((resource) => {
      const [, ...path] = String(resource.type).split("/");
      const problems = against(
        `${SCHEMAS}/2018-06-01/Microsoft.DataFactory.json#/resourceDefinitions/${path.join("_")}`,
        resource,
      );
      return problems.map((problem) => `${resource.name}: ${problem}`);
    }),
  ];
}

function armSchemas(): Ajv | undefined {
  const schemas = new Ajv({ strict: false, validateFormats: false });
  for (const [id, file] of Object.entries(files)) {
    const path = sharedPath(`schemas/${file}`);
    if (path === undefined) return undefined;
    const schema = JSON.parse(readFileSync(path, "utf8"));
    // The frame refers to the schemas of every service there is; each resource is judged by its own instead.
    if (schema.definitions?.resource) schema.definitions.resource = {};
    schemas.addSchema({ ...schema, id });
  }
  return schemas;
}
