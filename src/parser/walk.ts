/** Generic traversal of the tree. */
import type { AnyNode, Module } from "./ast.ts";

/** The children of a node, in source order. */
export function children(node: AnyNode): readonly AnyNode[] {
  switch (node.kind) {
    case "module":
      return node.declarations;
    case "import":
      return [node.path];
    case "project":
      return [node.name, ...node.settings];
    case "setting":
    case "property":
      return [node.name, node.value];
    case "config-block":
      return [node.name, ...node.properties];
    case "range":
      return [node.from, node.to];
    case "reference":
      return [node.namespace, node.name];
    case "schedule":
      return present(node.frequency, node.at, node.timeZone);
    case "param":
      return present(node.name, node.type, node.value);
    case "secret":
      return [node.name, node.store, ...node.args];
    case "source":
      return [node.name, node.connector];
    case "enum":
      return [node.name, ...node.values];
    case "fn":
      return [node.name, ...node.parameters, ...present(node.result), node.body];
    case "parameter":
      return [node.name, node.type];
    case "bronze":
      return [node.name, node.source, node.object, ...node.args, ...node.members];
    case "column":
      return [node.name, node.type, ...present(node.fromLoad), ...node.tags];
    case "tag":
    case "type":
      return [node.name, ...node.args];
    case "key":
      return node.columns;
    case "load":
      return present(node.mode, node.by, node.deletedWhen, node.lag);
    case "lag":
      return present(node.number, node.unit);
    case "reject":
      return present(node.limit);
    case "limit":
      return [node.number];
    case "table":
      return [node.name, ...node.steps];
    case "relation":
      return [node.layer, node.name];
    case "from":
      return present(node.relation, node.alias);
    case "where":
      return [node.condition];
    case "derive":
    case "select":
      return node.columns;
    case "named":
      return present(node.name, node.value);
    case "distinct":
      return [...(node.on ?? []), ...node.by];
    case "join":
      return present(node.relation, node.alias, node.on);
    case "group":
      return [...node.keys, ...node.aggregates];
    case "expect":
      return present(node.name, node.condition, node.action, node.limit);
    case "sort":
      return node.keys;
    case "sort-key":
      return [node.value];
    case "take":
      return [node.count];
    case "path":
      return node.parts;
    case "unary":
    case "is-null":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "in":
      return [node.operand, ...node.items];
    case "between":
      return [node.operand, node.low, node.high];
    case "call":
      return callParts(node);
    case "cast":
      return [node.operand, node.type];
    case "match":
      return present(...node.branches, node.otherwise);
    case "branch":
      return [node.condition, node.value];
    case "name":
    case "string":
    case "number":
    case "bool":
    case "null":
    case "missing":
      return [];
    default:
      return unknownNode(node);
  }
}

/** `where` and `per` can follow a call in either order. */
function callParts(node: Extract<AnyNode, { kind: "call" }>): readonly AnyNode[] {
  const per = node.per === undefined || node.per === "row" ? [] : node.per;
  const where = present(node.where);
  const perFirst = (per[0]?.span.start ?? 0) < (node.where?.span.start ?? 0);
  return [node.name, ...node.args, ...(perFirst ? [...per, ...where] : [...where, ...per])];
}

function present(...nodes: readonly (AnyNode | undefined)[]): readonly AnyNode[] {
  return nodes.filter((each) => each !== undefined);
}

function unknownNode(node: never): never {
  throw new Error(`unknown node ${JSON.stringify(node)}`);
}

/**
 * The innermost node at an offset of its file, with its ancestors, outermost first. A node includes its start and its end, so
 * that a cursor after a name is at the name. Empty if the offset is outside of all nodes.
 */
export function pathTo(module: Module, offset: number): readonly AnyNode[] {
  const path: AnyNode[] = [];
  let next: AnyNode | undefined = module;
  while (next) {
    path.push(next);
    next = children(next).findLast((child) => child.span.start <= offset && offset <= child.span.end);
  }
  return path;
}

/** The innermost node at an offset of its file; the module itself if there is no declaration. */
export function nodeAt(module: Module, offset: number): AnyNode {
  return pathTo(module, offset).at(-1) ?? module;
}
