/**
 * The Data Factory target: a factory that ingests, runs the notebooks and recreates the views, as the Git folder that Data
 * Factory Studio reads, and as an ARM template.
 *
 * `factory` builds every object once, as JSON with unresolved params (`value`): `services` the linked services and datasets
 * (`connectors`: one file per kind of source), `ingest` a pipeline per source, `main-pipeline` the order of a run (`steps`),
 * `trigger`. `git` and `arm` write them, `roles` the role assignments that a run needs, `alerts` the alert rules of `notify`. Names come from `shared/names`, limits from `limits`.
 */
import type { Target } from "../target.ts";
import { alertFiles } from "./alerts.ts";
import { armFiles } from "./arm.ts";
import { adfCheck } from "./check.ts";
import { factoryOf } from "./factory.ts";
import { gitFiles } from "./git.ts";
import { roleFiles } from "./roles.ts";

export const adfTarget: Target = {
  ...adfCheck,
  emit: (program, { environment, environments }) => {
    const factory = factoryOf(program, environment);
    return [
      ...gitFiles(factory, environment),
      ...armFiles(program, factory, environments),
      ...roleFiles(program, environments),
      ...alertFiles(program, factory, environments),
    ];
  },
};
