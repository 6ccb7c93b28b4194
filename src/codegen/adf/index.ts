/**
 * The Data Factory target: a factory that ingests, runs the notebooks and renews the views, once as the Git folder that
 * Data Factory's own editor reads, once as an ARM template.
 *
 * `factory` builds every object once, as JSON in which params are still open (`value`): `services` what is reached
 * (`connectors`: one file a kind of source), `ingest` a pipeline a source, `master` what runs when (`steps`), `trigger`.
 * `git` and `arm` write them down. Names come from `shared/names`; limits stand in `limits`.
 */
import type { Target } from "../target.ts";
import { armFiles } from "./arm.ts";
import { adfCheck } from "./check.ts";
import { factoryOf } from "./factory.ts";
import { gitFiles } from "./git.ts";

export const adfTarget: Target = {
  ...adfCheck,
  emit: (program, { environment, environments }) => {
    const factory = factoryOf(program, environment);
    return [...gitFiles(factory, environment), ...armFiles(program, factory, environments)];
  },
};
