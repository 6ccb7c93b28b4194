/** The lineage target: always enabled, needs no service. docs/lineage.md describes its files. */
import { qualifiedName } from "../../plan/program.ts";
import type { Target } from "../target.ts";
import { compactJson } from "./compact-json.ts";
import { columnLineage } from "./graph.ts";
import { lineageJson } from "./lineage-json.ts";
import { openLineageEvents } from "./openlineage.ts";

export const lineageTarget: Target = {
  id: "lineage",
  applies: () => true,
  check: () => [],
  emit(program, context) {
    const graph = columnLineage(program);
    const from = [
      "project",
      ...program.bronze.map((bronze) => `bronze.${bronze.name}`),
      ...program.tables.map(qualifiedName),
    ];
    return [
      { path: "lineage/lineage.json", text: lineageJson(program, graph), from },
      {
        path: "lineage/openlineage.json",
        text: compactJson(openLineageEvents(program, graph, context.environment)),
        from,
      },
    ];
  },
};
