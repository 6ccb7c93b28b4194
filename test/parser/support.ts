/** Shortcuts to parse texts and describe the result. */
import type { AnyNode, Declaration, Expression, Step } from "../../src/parser/ast.ts";
import { type ParseResult, parse } from "../../src/parser/parse.ts";

export function parseText(text: string): ParseResult {
  return parse({ path: "test.medal", text });
}

/** The only declaration of a valid text. */
export function declarationOf(text: string): Declaration {
  const { module, diagnostics } = parseText(text);
  const [first] = module.declarations;
  if (diagnostics.length > 0) throw new Error(`${text}\n${diagnostics.map((each) => each.message).join("\n")}`);
  if (first === undefined || module.declarations.length > 1) throw new Error(`not one declaration: ${text}`);
  return first;
}

export function stepsOf(text: string): readonly Step[] {
  const declaration = declarationOf(`silver t { ${text} }`);
  return declaration.kind === "table" ? declaration.steps : [];
}

/** The parsed expression, from a `where` step in a valid table. */
export function expressionOf(text: string): Expression {
  const [step] = stepsOf(`where ${text}`);
  if (step?.kind !== "where") throw new Error(`not one expression: ${text}`);
  return step.condition;
}

/** The expression with all its parentheses. */
export function grouped(node: Expression): string {
  switch (node.kind) {
    case "path":
      return node.parts.map((part) => part.text).join(".");
    case "string":
      return JSON.stringify(node.value);
    case "number":
      return node.text;
    case "bool":
      return String(node.value);
    case "null":
      return "null";
    case "missing":
      return "…";
    case "unary":
      return `(${node.operator} ${grouped(node.operand)})`;
    case "binary":
      return `(${grouped(node.left)} ${node.operator} ${grouped(node.right)})`;
    case "is-null":
      return `(${grouped(node.operand)} is${node.negated ? " not" : ""} null)`;
    case "in":
      return `(${grouped(node.operand)}${node.negated ? " not" : ""} in [${node.items.map(grouped).join(", ")}])`;
    case "between": {
      const operand = `${grouped(node.operand)}${node.negated ? " not" : ""}`;
      return `(${operand} between ${grouped(node.low)} and ${grouped(node.high)})`;
    }
    case "cast": {
      const args = node.type.args.length === 0 ? "" : `(${node.type.args.map((each) => each.text).join(",")})`;
      return `(${grouped(node.operand)} as${node.lenient ? "?" : ""} ${node.type.name.text}${args})`;
    }
    case "call": {
      const where = node.where ? ` where ${grouped(node.where)}` : "";
      const keys = node.per === "row" ? "row" : node.per && `[${node.per.map(grouped).join(", ")}]`;
      const per = keys ? ` per ${keys}` : "";
      return `${node.name.text}(${node.args.map(grouped).join(", ")})${where}${per}`;
    }
    case "match": {
      const branches = node.branches.map((each) => `${grouped(each.condition)} => ${grouped(each.value)}`);
      const otherwise = node.otherwise ? [`else => ${grouped(node.otherwise)}`] : [];
      return `match { ${[...branches, ...otherwise].join(", ")} }`;
    }
  }
}

/** CPU time of this thread in milliseconds, independent of the machine's other load. */
export function workOf(run: () => void): number {
  const start = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

/** A node without locations: equal for two texts with the same meaning. */
export function withoutPlaces(node: AnyNode): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) =>
      /^(span|operatorSpan|argumentsEnd|comments)$/.test(key) ? undefined : value,
    ),
  );
}
