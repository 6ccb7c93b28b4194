/** Checks an object against Microsoft's Bicep types: closed objects, discriminators, required and read-only properties. */
import { readFileSync } from "node:fs";

interface Ref {
  readonly $ref: string;
}

interface Property {
  readonly type: Ref;
  readonly flags: number;
}

type Properties = Readonly<Record<string, Property>>;

type BicepType =
  | { readonly $type: "AnyType" | "BooleanType" }
  | { readonly $type: "StringLiteralType"; readonly value: string }
  | {
      readonly $type: "StringType";
      readonly minLength?: number;
      readonly maxLength?: number;
      readonly pattern?: string;
    }
  | { readonly $type: "IntegerType"; readonly minValue?: number; readonly maxValue?: number }
  | { readonly $type: "ArrayType"; readonly itemType: Ref }
  | { readonly $type: "UnionType"; readonly elements: readonly Ref[] }
  | { readonly $type: "ObjectType"; readonly properties: Properties; readonly additionalProperties?: Ref }
  | {
      readonly $type: "DiscriminatedObjectType";
      readonly discriminator: string;
      readonly baseProperties: Properties;
      readonly elements: Readonly<Record<string, Ref>>;
    }
  | { readonly $type: "ResourceType"; readonly name: string; readonly body: Ref }
  | { readonly $type: "ResourceFunctionType" };

const REQUIRED = 1;
const READ_ONLY = 2;

/** What is wrong with a body, each with its path; `type` as `Microsoft.DataFactory/factories/pipelines`. */
export type BicepChecker = (type: string, body: Readonly<Record<string, unknown>>) => readonly string[];

export function createBicepChecker(file: string): BicepChecker {
  const types: readonly BicepType[] = JSON.parse(readFileSync(file, "utf8"));
  const resolve = ({ $ref }: Ref): BicepType => {
    const type = types[Number($ref.slice(2))];
    if (!type) throw new Error(`no type ${$ref}`);
    return type;
  };

  const members = (properties: Properties, rest: Ref | undefined, value: object, path: string): readonly string[] => [
    ...Object.entries(properties)
      .filter(([name, { flags }]) => flags & REQUIRED && !(flags & READ_ONLY) && !Object.hasOwn(value, name))
      .map(([name]) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, each]) => {
      const property = properties[name];
      if (property && property.flags & READ_ONLY) return [`${path}.${name} is read-only`];
      const type = property?.type ?? rest;
      return type ? problems(resolve(type), each, `${path}.${name}`) : [`${path}.${name} is unknown`];
    }),
  ];

  const problems = (type: BicepType, value: unknown, path: string): readonly string[] => {
    const wrong = [`${path} is ${JSON.stringify(value)}`];
    switch (type.$type) {
      case "AnyType":
        return [];
      case "BooleanType":
        return typeof value === "boolean" ? [] : wrong;
      case "StringLiteralType":
        return value === type.value ? [] : wrong;
      case "StringType": {
        const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern = "" } = type;
        const fits = typeof value === "string" && value.length >= minLength && value.length <= maxLength;
        return fits && new RegExp(pattern).test(value) ? [] : wrong;
      }
      case "IntegerType": {
        const { minValue = Number.NEGATIVE_INFINITY, maxValue = Number.POSITIVE_INFINITY } = type;
        return typeof value === "number" && value >= minValue && value <= maxValue ? [] : wrong;
      }
      case "ArrayType":
        if (!Array.isArray(value)) return wrong;
        return value.flatMap((each, index) => problems(resolve(type.itemType), each, `${path}[${index}]`));
      case "UnionType":
        return type.elements.some((each) => problems(resolve(each), value, path).length === 0) ? [] : wrong;
      case "ObjectType":
        if (typeof value !== "object" || value === null) return wrong;
        return members(type.properties, type.additionalProperties, value, path);
      case "DiscriminatedObjectType": {
        if (typeof value !== "object" || value === null) return wrong;
        const kind = Object.entries(value).find(([name]) => name === type.discriminator)?.[1];
        const element = typeof kind === "string" ? type.elements[kind] : undefined;
        const own = element && resolve(element);
        if (own?.$type !== "ObjectType") return [`${path}.${type.discriminator} is ${JSON.stringify(kind)}`];
        return members({ ...type.baseProperties, ...own.properties }, own.additionalProperties, value, path);
      }
      default:
        throw new Error(`${path} cannot have a ${type.$type}`);
    }
  };

  return (type, body) => {
    const resource = types.find(
      (each) => each.$type === "ResourceType" && each.name.toLowerCase().startsWith(`${type.toLowerCase()}@`),
    );
    if (resource?.$type !== "ResourceType") throw new Error(`no resource ${type}`);
    return problems(resolve(resource.body), body, type);
  };
}
