/** Resolves references to datasets and linked services, with the values of their parameters. */
import { argumentsOf, type CopyRun } from "./copies.ts";
import { evaluate } from "./expression.ts";
import { type Factory, find, parametersOf } from "./factory.ts";
import { get, type Node, text } from "./json.ts";
import { type Scope, unknown, type Value } from "./value.ts";

/** A dataset or linked service with the values of its parameters. */
export interface Resolved {
  readonly name: string;
  readonly type: string;
  /** Its `properties`. */
  readonly node: Node;
  /** The scope of its expressions. */
  readonly scope: Scope;
  /** The value of a property in `typeProperties`. */
  value(...path: readonly string[]): Value;
}

export interface Reached {
  readonly dataset: Resolved;
  readonly service: Resolved;
}

/** A clause that says why it cannot be resolved. */
export type Problem = string;

export function reach(factory: Factory, reference: Node, { scope }: Pick<CopyRun, "scope">): Reached | Problem {
  const name = text(get(reference, "referenceName"));
  const found = find(factory.objects.dataset, name);
  if (!found) return name === undefined ? "it has no dataset" : `its dataset ${name} is not in the folder`;
  const given = argumentsOf(get(reference, "parameters"), scope);
  const dataset = resolved(found.name, found.node, {
    globals: factory.globals,
    dataset: parametersOf(get(found.node, "parameters"), given),
  });
  const service = reachService(factory, get(found.node, "linkedServiceName"), dataset.scope);
  return typeof service === "string" ? service : { dataset, service };
}

export function reachService(factory: Factory, reference: Node, scope: Scope): Resolved | Problem {
  const name = text(get(reference, "referenceName"));
  const found = find(factory.objects.linkedService, name);
  if (!found)
    return name === undefined ? "it has no linked service" : `its linked service ${name} is not in the folder`;
  const given = argumentsOf(get(reference, "parameters"), scope);
  const values = parametersOf(get(found.node, "parameters"), given);
  const linkedService = new Map(
    [...values].map(([id, value]): [string, Value] => [
      id,
      value.origin ? value : { ...value, origin: { kind: "linked-service", name: id } },
    ]),
  );
  const service = resolved(found.name, found.node, { globals: factory.globals, linkedService });
  const value = (...path: readonly string[]): Value => {
    const found = service.value(...path);
    const written = JSON.stringify(get(service.node, "typeProperties", ...path).value) ?? "";
    // A text with parameters differs with their values.
    const isOpen = found.origin === undefined && /linkedService\(\)|globalParameters/i.test(written);
    return isOpen ? { ...found, origin: { kind: "linked-service", name: path.join(".") } } : found;
  };
  return { ...service, value };
}

function resolved(name: string, node: Node, scope: Scope): Resolved {
  return {
    name,
    type: text(get(node, "type")) ?? "",
    node,
    scope,
    value: (...path) => {
      const at = get(node, "typeProperties", ...path);
      return at.value === undefined ? unknown(`${path.join(".")} has no value`) : evaluate(at.value, scope);
    },
  };
}
