/**
 * The schema of medal.json as a function. In dist/ the function itself stands in place of this module (scripts/build.ts),
 * for ajv takes longer to make it than a program of a hundred tables takes to check.
 */
import { Ajv } from "ajv";
import schema from "../../schemas/medal.schema.json" with { type: "json" };
import type { EnvironmentConfig } from "./config.ts";

export interface ConfigText {
  readonly environments?: Readonly<Record<string, EnvironmentConfig>>;
}

export const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, code: { source: true, esm: true } });

export const validate = ajv.compile<ConfigText>(schema);
