/** No secret in a program or in medal.json appears in anything that a command prints or writes. */
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { excerptOf } from "../support/excerpt.ts";
import { medalc, temporaryFolder } from "../support/io.ts";

/** A program with the text `value` in each kind of place. */
const PLACES: Readonly<Record<string, (value: string) => string>> = {
  "a setting of the lake": (value) => `project shop { lake = adls { account: "a", container: ${value} } }`,
  "a setting of a service": (value) =>
    `project shop { lake = adls { account: "a", container: "b" }\n  ingest = datafactory { name: ${value} }\n}`,
  base_url: (value) => `source web = http { base_url: ${value} }`,
  "a setting that takes a secret": (value) => `source docs = mongodb { uri: ${value}, database: "d" }`,
  "a folder": (value) => `source files = file { path: ${value} }`,
  "a vault": (value) => `secret s = keyvault(${value}, "key")`,
  "the default of a param": (value) => `param p: string = ${value}`,
  "the default of a param of another type": (value) => `param p: int = ${value}`,
  "an import": (value) => `import ${value}`,
  "the value of an enum": (value) => `enum A { ${value}, b }`,
  "the path of a file": (value) => `source web = http { base_url: "https://x.example/" }
bronze orders from web.csv(${value}) { id: int }`,
  "the argument of a tag": (value) => `source web = http { base_url: "https://x.example/" }
bronze orders from web.csv("o.csv") { id: int @unit(${value}) }`,
  "a value": (value) => table(`derive { a = ${value} }`),
  "a comparison with another type": (value) => table(`where id == ${value}`),
  "an argument": (value) => table(`where regexp_like(note, ${value})`),
  "the name of an expectation": (value) => table(`expect ${value}: id > 0`),
  "a list": (value) => table(`where note in [${value}, "b"]`),
  "a foreign list": (value) => table(`where note in (${value}, "b")`),
  "a case": (value) => table(`derive { a = case when id > 0 then ${value} else "b" end }`),
  "a function": (value) => `fn f(): string = ${value}`,
  "a text in an unexpected place": (value) => table(`take ${value}`),
  "an unclosed text": (value) => table(`derive { a = ${value.slice(0, -1)} }`),
  "a text in single quotes": (value) => table(`derive { a = '${value.slice(1, -1)}' }`),
  "a doc comment": (value) => `/// See ${value.slice(1, -1)}\nenum A { a, a }`,
  "a comment after an error": (value) => `enum A { a, a } // ${value.slice(1, -1)}`,
  "a name in backticks": (value) => table(`derive { \`${value.slice(1, -1)}\` = 1 }`),
};

function table(step: string): string {
  return `source web = http { base_url: "https://x.example/" }
bronze orders from web.csv("o.csv") { id: int, note: string }
silver orders { from bronze.orders\n  ${step}\n}`;
}

const token = fc.string({
  unit: fc.constantFrom(..."abcdefghijkmnpqrstuvwxyzABCDEFGH23456789"),
  minLength: 12,
  maxLength: 24,
});
const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => `https://reader:${secret}@data.example.com/in/`,
  (secret) => `https://${secret}@data.example.com/in/`,
  (secret) => `https://store.blob.core.windows.net/in/?sv=2024-01-01&sig=${secret}`,
  (secret) => `https://data.example.com/in?token=${secret}`,
  (secret) => `mongodb://reader:pa/ss@${secret}@db.example.com/shop?retryWrites=true`,
  (secret) => `mongodb+srv://reader:${secret}/x@db.example.com/shop`,
  (secret) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret}==;EndpointSuffix=core.windows.net`,
  (secret) => `Server=tcp:db.example.com;User=a;Password=${secret}`,
  (secret) => `Bearer ${secret}abcdefgh`,
  (secret) => `github_pat_${secret}${secret}`,
];

const PROJECT = 'project shop { lake = adls { account: "shoplake", container: "lake" } }\n';
const COMMANDS = [
  "check",
  "check --json",
  "check --format sarif",
  "check --format github",
  "check --debug",
  "compile",
  "run",
  "fmt --check",
];

it.each(Object.keys(PLACES))(
  "secret-in-program: %s",
  async (place) => {
    const property = fc.asyncProperty(token, fc.constantFrom(...FORMS), async (secret, form) => {
      const text = PLACES[place]?.(`"${form(secret)}"`) ?? "";
      const folder = temporaryFolder({ "a.medal": text.startsWith("project") ? text : PROJECT + text });
      for (const command of COMMANDS) {
        const { code, out, err } = await medalc(command, { folder });
        expect(out + err, command).not.toContain(secret);
        if (!place.startsWith("a comment") && !command.startsWith("fmt")) expect(code, command).toBe(EXIT.errors);
      }
      const written = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && entry.name !== "a.medal",
      );
      for (const entry of written)
        expect(readFileSync(`${entry.parentPath}/${entry.name}`, "utf8")).not.toContain(secret);
    });
    await fc.assert(property, { seed: 20_261_130, numRuns: 4 });
  },
  60_000,
);

it.each([
  [
    "valid",
    (secret: string) => `{ "environments": { "local": { "sources": { "erp": { "password": "${secret}" } } } } }`,
  ],
  ["of one line with another mistake", (secret: string) => `{ "environmets": {}, "password": "${secret}" }`],
  ["without a comma", (secret: string) => `{ "password": "${secret}" "x": 1 }`],
  ["not closed", (secret: string) => `{ "password": "${secret} }`],
  ["not quoted", (secret: string) => `{ "password": ${secret} }`],
  ["with a list", (secret: string) => `{ "environments": { "local": { "params": { "api_key": ["${secret}"] } } } }`],
  [
    "with an address",
    (secret: string) => `{ "environments": { "local": { "params": { "base": "https://a:${secret}@b/" } }, "l": 1 } }`,
  ],
  [
    "with a signature",
    (secret: string) => `{ "environments": { "local": { "params": { "base": "https://b/?sig=${secret}" } } } }`,
  ],
])("config-secret: a medal.json that is %s", async (_, write) => {
  const secret = "hunter2hunter2";
  const folder = temporaryFolder({ "a.medal": `${PROJECT}param base: string\n`, "medal.json": write(secret) });
  for (const command of [...COMMANDS.filter((each) => !each.startsWith("fmt")), "plan"]) {
    const { code, out, err } = await medalc(command, { folder });
    expect(code, command).toBe(EXIT.errors);
    expect(out + err, command).not.toContain(secret);
  }
});

it("a value of --param that looks like a secret is rejected, and not repeated", async () => {
  const folder = temporaryFolder({ "a.medal": `${PROJECT}param base: string\nparam key_token: int = 1\n` });
  for (const value of ["base=https://a:hunter2@b/", "base=https://b/?sig=hunter2", "key_token=hunter2"]) {
    const { code, out, err } = await medalc(`compile --param ${value}`, { folder });
    expect(code).toBe(EXIT.usage);
    expect(out + err).not.toContain("hunter2");
  }
});

it("an excerpt shows the rest of the line, with correctly placed markers", () => {
  expect(excerptOf('source a = htp { base_url: "https://a:hunter2@b/", x: "y" }', "htp")).toBe(
    'source a = htp { base_url: "***", x: "y" }\n           ^^^',
  );
  expect(excerptOf('source a = http { base_url: "https://a:hunter2@b/", x: "y" }', "x:", 1)).toBe(
    'source a = http { base_url: "***", x: "y" }\n                                   ^',
  );
});

it("names that only sound like a secret are allowed", async () => {
  const harmless = [
    "https://example.com:8080/a@b",
    "https://example.com/?page=2&token_type=x",
    "[?&]token=([^&]+)",
    "someone@example.com",
    "a=b",
    "design=1",
    "abfss://lake@shop.dfs.core.windows.net/x",
  ];
  const folder = temporaryFolder({
    "a.medal": PROJECT + harmless.map((each, at) => `fn f${at}(): string = "${each}"`).join("\n"),
  });
  expect(await medalc("check", { folder })).toMatchObject({ code: EXIT.ok });
});

it("source-outside-folder: a file source stays below the project's folder, a replacement below its own", async () => {
  const program = (path: string, file: string) => `${PROJECT}source files = file { path: "${path}" }
bronze orders from files.csv("${file}") { id: string }`;
  const outside = temporaryFolder({ "o.csv": "id\nhidden-value\n" });
  for (const [path, file, code] of [
    [outside, "o.csv", "invalid-setting"],
    ["../x", "o.csv", "invalid-setting"],
    ["in/../..", "o.csv", "invalid-setting"],
    ["in", "../o.csv", "invalid-object"],
    ["in", "/etc/passwd", "invalid-object"],
  ] as const) {
    const folder = temporaryFolder({ "a.medal": program(path, file) });
    const { code: exit, out } = await medalc("check", { folder });
    expect(exit).toBe(EXIT.errors);
    expect(out.match(/error [a-z-]+/g)).toEqual([`error ${code}`]);
  }
  const folder = temporaryFolder({ "a.medal": program("in", "o.csv"), "in/.keep": "" });
  symlinkSync(`${outside}/o.csv`, `${folder}/in/o.csv`);
  const { code, err } = await medalc("run", { folder });
  expect(code).toBe(EXIT.failed);
  expect(err).toContain("source-outside-folder");
});
