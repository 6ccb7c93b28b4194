/** As much of ARM's template language as the templates use, to see what a deployment would send. */
export function evaluateTemplate(value: unknown, parameters: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === "string") return evaluateText(value, parameters);
  if (Array.isArray(value)) return value.map((each) => evaluateTemplate(each, parameters));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, evaluateTemplate(each, parameters)]));
}

function evaluateText(text: string, parameters: Readonly<Record<string, unknown>>): unknown {
  if (!text.startsWith("[") || !text.endsWith("]")) return text;
  if (text.startsWith("[[")) return text.slice(1);
  const source = text.slice(1, -1);
  let at = 0;
  const expression = (): unknown => {
    if (source[at] === "'") return literal();
    const name = /^[a-zA-Z]+/.exec(source.slice(at))?.[0] ?? "";
    at += name.length;
    expectMark("(");
    const args: unknown[] = [];
    while (source[at] !== ")") {
      args.push(expression());
      if (source[at] === ",") at += 2;
    }
    expectMark(")");
    return call(name, args);
  };
  const literal = (): string => {
    let value = "";
    for (at += 1; source[at] !== "'" || source[at + 1] === "'"; at += 1) {
      if (at >= source.length) throw new Error(`a text does not end: ${text}`);
      if (source[at] === "'") at += 1;
      value += source[at];
    }
    at += 1;
    return value;
  };
  const expectMark = (mark: string): void => {
    if (source[at] !== mark) throw new Error(`no ${mark} at ${at} of ${text}`);
    at += 1;
  };
  const call = (name: string, args: readonly unknown[]): unknown => {
    const texts = args.map(String);
    if (name === "concat") return texts.join("");
    if (name === "string") return texts[0];
    if (name === "variables" && texts[0] === "factoryId")
      return `Microsoft.DataFactory/factories/${parameters.factoryName}`;
    if (name === "parameters" && texts[0] !== undefined && Object.hasOwn(parameters, texts[0]))
      return parameters[texts[0]];
    throw new Error(`${name}(${texts.join(", ")}) in ${text}`);
  };
  const result = expression();
  if (at !== source.length) throw new Error(`more than an expression: ${text}`);
  return result;
}
