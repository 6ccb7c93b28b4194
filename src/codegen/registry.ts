/** The targets there are, in the order in which they check and emit. A new target is a folder and a line here. */
import { adfTarget } from "./adf/index.ts";
import { databricksTarget } from "./databricks/index.ts";
import { lineageTarget } from "./lineage/index.ts";
import { synapseTarget } from "./synapse/index.ts";
import type { Target } from "./target.ts";

export const targets: readonly Target[] = [adfTarget, databricksTarget, synapseTarget, lineageTarget];
