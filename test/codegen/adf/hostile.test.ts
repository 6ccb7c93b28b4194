import fc from "fast-check";
import { expect, it } from "vitest";
import { contextOf, exampleContext, exampleProgram, programOf } from "../support/compile.ts";
import { evaluateTemplate } from "./arm-evaluator.ts";
import { strictProblems } from "./judges.ts";
import { runOrder, structureProblems } from "./structure.ts";
import { emitted, fileNamed, gitObjects, objectsIn } from "./support.ts";

// biome-ignore format: a list of pieces
const pieces = [
  "'", '"', "\\", "`", "\t", "{{x}}", "{", "}", "[", "]", "[[", "[x]", "@", "@@", "@{pipeline().parameters.load}", "@@{", "$",
  "--", "/*", '"""', "$(x)", "#", "%", "&", ":", "+", "?", "é", "e\u0301", "ł", "😀", "\u200f", "\u202e", "数据", ".", " ", "-", "_", "a", "B", "7",
];
const hostile = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 10 }).map((each) => each.join(""));

/** The text as a name of the language. */
function name(text: string): string {
  return `\`${text.replaceAll("`", "``")}\``;
}

/** The text as a text of the language. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\t", "\\t")}"`;
}

function hostileProgram(h: string): string {
  const [web, erp, catalog, landing, one, two, three, four, five, six] = [
    ...["web", "erp", "catalog", "landing", "one", "two", "three", "four", "five", "six"].map((each) =>
      name(`${h}${each}`),
    ),
  ];
  // A path with braces or stars is a pattern.
  const path = h.replace(/[*{}]/g, "");
  return `
/// ${h}
project ${name(h)} {
  lake     = adls { account: param.account, container: "lake" }
  ingest   = datafactory { name: "shop-df" }
  compute  = databricks { workspace: ${quoted(h)}, resource_id: ${quoted(`${h}/${h}`)} }
  serve    = synapse { workspace: ${quoted(h)}, database: "gold" }
  schedule = hourly
}
/// ${h}
param account: string
param ${name(`${h}port`)}: int = 5432
secret ${name(`${h}pw`)} = keyvault(${quoted(`${h}-kv`)}, ${quoted(h)})
/// ${h}
source ${web} = http { base_url: ${quoted(`https://x.example/${h}`)} }
source ${erp} = postgres {
  host: ${quoted(h)}
  port: param.${name(`${h}port`)}
  database: ${quoted(h)}
  user: ${quoted(h)}
  password: secret.${name(`${h}pw`)}
}
source ${catalog} = mongodb { uri: secret.${name(`${h}pw`)}, database: ${quoted(h)} }
source ${landing} = file { path: "landing" }
bronze ${one} from ${web}.csv(${quoted(`x${path}.csv`)}) { ${name(h)}: string }
bronze ${two} from ${erp}.table(${quoted(`public.t`)}) { ${name(h)}: string }
bronze ${four} from ${erp}.table(${quoted(`public.t`)}) {
  load append by ${name(`${h}C`)} lag 1 hour
  ${name(`${h}C`)}: timestamp
}
bronze ${five} from ${catalog}.collection(${quoted(`c${path}`)}) {
  load changes by ${name(`x${h.replaceAll(".", "")}`)}
  ${name(`x${h.replaceAll(".", "")}`)}: long
  key ${name(`x${h.replaceAll(".", "")}`)}
}
bronze ${six} from ${landing}.csv(${quoted(`x${path.replace(/[\\\\:]/g, "").replace(/\/[_.]+/g, "/")}/*/x*.csv`)}) {
  load files
  a: string
}
/// ${h}
silver ${two} { from bronze.${two} }
/// ${h}
gold ${three} {
  from bronze.${one} as x
  join many silver.${two} as y on x.${name(h)} == y.${name(h)}
}
`;
}

/**
 * Texts that Data Factory would take for an expression though no object says that they are one. A description is never
 * looked at.
 */
function liveTexts(value: unknown): readonly string[] {
  if (typeof value === "string") {
    const isLive = /^@(?!@)/.test(value) || /(?<!@)@\{/.test(value);
    return isLive ? [value] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  if ("type" in value && value.type === "Expression") return [];
  return Object.entries(value).flatMap(([key, each]) => (key === "description" ? [] : liveTexts(each)));
}

/** The templates' objects as a deployment would send them. */
function deployed(files: ReturnType<typeof emitted>): readonly unknown[] {
  const [text, parameters] = ["template", "parameters.prod"].map((name) => fileNamed(files, `adf/arm/${name}.json`));
  const values = Object.entries<{ readonly value: unknown }>(JSON.parse(parameters ?? "").parameters);
  const evaluated = evaluateTemplate(JSON.parse(text ?? "").resources, {
    location: "here",
    databricksJobId: jobIn(files),
    ...Object.fromEntries(values.map(([each, { value }]) => [each, value])),
  });
  if (!Array.isArray(evaluated)) throw new Error("no resources");
  return evaluated.map(({ name: path, properties }) => ({ name: path.split("/")[1], properties }));
}

/** The reference to the job, which stands for its ID in the Git folder. */
function jobIn(files: ReturnType<typeof emitted>): unknown {
  return gitObjects(files)
    .flatMap(({ properties }) => objectsIn(properties))
    .find(({ jobId }) => jobId !== undefined)?.jobId;
}

function gitProperties(files: ReturnType<typeof emitted>): readonly unknown[] {
  return gitObjects(files)
    .filter(({ kind }) => kind !== "factory")
    .map(({ name: own, properties: { runtimeState, ...properties } }) => ({ name: own, properties }));
}

it("keeps hostile names and texts inside of what they name", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const files = emitted(programOf(hostileProgram(text)), contextOf({ account: "shoplake", [`${text}port`]: 5433 }));
      const objects = gitObjects(files);
      expect(structureProblems(objects)).toEqual([]);
      expect(objects.flatMap(strictProblems)).toEqual([]);

      const evaluated = objectsIn(objects.filter(({ kind }) => kind !== "trigger"))
        .filter(({ typeProperties }) => typeProperties)
        .map(({ typeProperties, inputs, outputs }) => [typeProperties, inputs, outputs]);
      expect(liveTexts(evaluated)).toEqual([]);

      const [master] = objects.filter(({ properties }) => properties.concurrency === 1);
      const order = runOrder(objects, master?.name ?? "");
      expect(order.all.filter((label) => label.startsWith("bronze."))).toEqual([
        `bronze.${text}one`,
        `bronze.${text}two`,
        ...["four", "five", "six"].map((each) => `bronze.${text}${each}`),
      ]);
    }),
    { numRuns: 150 },
  );
});

it("sends from the template what stands in the Git folder", () => {
  const files = emitted(exampleProgram(), exampleContext);
  expect(deployed(files)).toEqual(gitProperties(files));
});

it("sends from the template what stands in the Git folder, whatever the names and texts", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const files = emitted(programOf(hostileProgram(text)), contextOf({ account: "shoplake", [`${text}port`]: 5433 }));
      expect(deployed(files)).toEqual(gitProperties(files));
    }),
    { numRuns: 100 },
  );
});
