/**
 * Limits of Data Factory and of ARM templates that a program can reach. What a program makes more of is split; one
 * object that is too large by itself is an error. Microsoft's own pages disagree on some of them: the smaller number stands.
 */
import type { ResourceKind } from "./model.ts";

export const MOST_ACTIVITIES = 80;

/** Bytes of the JSON that goes into one pipeline where there is a choice: the rest is room for what surrounds it. */
export const FULL_PIPELINE = 150 * 1024;

/** Bytes of an object's JSON. */
export const LARGEST_OBJECT: Readonly<Record<ResourceKind, number>> = {
  linkedService: 100 * 1024,
  dataset: 100 * 1024,
  pipeline: 200 * 1024,
  trigger: 100 * 1024,
};

/** Of one factory, all kinds together. */
export const MOST_OBJECTS = 5000;

/** Of one template: 256, less the two that are always there. */
export const MOST_PARAMS = 254;

/** Copies at the same time in one ingest pipeline; the service allows 50, a source seldom likes that. */
export const PARALLEL_COPIES = 8;

/** Of a template: ARM allows 4 MB and 800 resources. */
export const LARGEST_TEMPLATE = 3_500_000;
export const MOST_TEMPLATE_RESOURCES = 700;
