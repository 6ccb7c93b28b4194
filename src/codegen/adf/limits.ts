/**
 * Limits of Data Factory and of ARM templates that a program can reach. Lists are split to stay within them; a single object
 * that is too large is an error. Where Microsoft's documentation is contradictory, the smaller number is used.
 */
import type { ResourceKind } from "./model.ts";

export const MOST_ACTIVITIES = 80;

/** Target size in bytes of the JSON in a split pipeline; the rest is for its envelope. */
export const FULL_PIPELINE = 150 * 1024;

/** Bytes of an object's JSON. */
export const LARGEST_OBJECT: Readonly<Record<ResourceKind, number>> = {
  linkedService: 100 * 1024,
  dataset: 100 * 1024,
  pipeline: 200 * 1024,
  trigger: 100 * 1024,
};

/** Objects per factory, all kinds together. */
export const MOST_OBJECTS = 5000;

/** Parameters per template: 256, minus those that are no params of the program. */
export const MOST_PARAMS = 253;

/** Of a template: ARM allows 4 MB and 800 resources. */
export const LARGEST_TEMPLATE = 3_500_000;
export const MOST_TEMPLATE_RESOURCES = 700;
