/**
 * The schema of medal.json as a validation function. In dist/, the build replaces this module by the generated function
 * (scripts/build.ts), because compiling the schema takes longer than checking a program of a hundred tables.
 */
import { Ajv } from "ajv";
import schema from "../../schemas/medal.schema.json" with { type: "json" };
import type { EnvironmentConfig } from "./config.ts";

export interface ConfigText {
  readonly environments?: Readonly<Record<string, EnvironmentConfig>>;
}

export const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, code: { source: true, esm: true } });

export const validate = ajv.compile<ConfigText>(schema);
