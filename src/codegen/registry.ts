/** All targets, in the order of checks and generation. A new target is a folder and a line here. */
import { adfTarget } from "./adf/index.ts";
import { databricksTarget } from "./databricks/index.ts";
import { lineageTarget } from "./lineage/index.ts";
import { synapseTarget } from "./synapse/index.ts";
import type { Target } from "./target.ts";

export const targets: readonly Target[] = [adfTarget, databricksTarget, synapseTarget, lineageTarget];
