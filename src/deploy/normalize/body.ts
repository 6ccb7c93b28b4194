/** A normal form of any service, made normal again: equal bodies stay equal when a later medalc has more rules. */
import { propertiesOf, sortKeys, textOf } from "../json.ts";
import type { Json, ObjectId } from "../object.ts";
import { normalAdf } from "./adf.ts";
import { normalJob, normalNotebook } from "./databricks.ts";
import { normalView } from "./synapse.ts";

export function normalBody({ service, kind }: Pick<ObjectId, "service" | "kind">, body: Json): Json {
  const said = propertiesOf(body);
  if (service === "adf") return normalAdf(kind, body);
  switch (kind) {
    case "notebook":
      return normalNotebook(textOf(said.language) ?? "", textOf(said.text) ?? "");
    case "job":
      return said.run_as === undefined
        ? normalJob(body)
        : { ...propertiesOf(normalJob(body)), run_as: sortKeys(said.run_as) };
    case "view":
      return normalView(textOf(said.text) ?? "");
    default:
      return sortKeys(body);
  }
}
