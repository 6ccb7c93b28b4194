/** A normal form of any service, made normal again: equal bodies stay equal when a later medalc has more rules. */
import { objectOf, propertiesOf, sortKeys, textOf } from "../json.ts";
import type { DesiredObject, Json, ObjectId } from "../object.ts";
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

/** Parts that are only read if the program sets them, by kind. */
const READ_IF_SET: Readonly<Partial<Record<ObjectId["kind"], readonly string[]>>> = {
  folder: ["permissions"],
  job: ["permissions", "run_as"],
  catalogSchema: ["grants"],
};

/** A deployed body without the parts that were not read from the service, which are unknown and not changed. */
export function comparableBody({ kind, body }: Pick<DesiredObject, "kind" | "body">, there: Json): Json {
  const read = propertiesOf(there);
  const unknown = (READ_IF_SET[kind] ?? []).filter((name) => read[name] === undefined);
  if (unknown.length === 0) return body;
  return objectOf(Object.entries(propertiesOf(body)).filter(([name]) => !unknown.includes(name)));
}
