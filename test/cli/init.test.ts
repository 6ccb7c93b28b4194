import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { EXIT } from "../../src/cli/command.ts";
import { projectNames } from "../../src/cli/init/names.ts";
import { VERSION } from "../../src/version.ts";
import { expectGolden } from "../support/golden.ts";
import { medalc, temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

/** A folder on the PATH with a command medalc. */
function pathWithCommand(): string {
  return `/usr/bin:${temporaryFolder({ medalc: "" })}`;
}

it("writes a valid project", async () => {
  const folder = temporaryFolder();
  const { code, out, err } = await medalc("init shop", { folder, env: { PATH: pathWithCommand() } });
  expect(code).toBe(EXIT.ok);
  expect(out).toBe(
    ["Wrote shop/.gitignore", "Wrote shop/README.md", "Wrote shop/data/orders.csv", "Wrote shop/medal.json"]
      .concat("Wrote shop/shop.medal", "")
      .join("\n"),
  );
  expect(err).toBe("Next: medalc check shop, medalc run shop\n");
  expect(readFileSync(`${folder}/shop/.gitignore`, "utf8")).toContain(".medal/");
  expect(await medalc("check shop", { folder })).toMatchObject({ code: EXIT.ok });
  expect(await medalc("fmt --check shop", { folder })).toMatchObject({ code: EXIT.ok });
  expect(await medalc("compile shop", { folder })).toMatchObject({ code: EXIT.ok });
});

it.each([
  ["bikes", "bikes", "bikes", "bikes"],
  ["my-shop", "my_shop", "my-shop", "myshop"],
  ["MyShop", "my_shop", "my-shop", "myshop"],
  ["My  Shop!", "my_shop", "my-shop", "myshop"],
  ["2024", "project_2024", "project-2024", "project2024"],
  ["con", "project_con", "project-con", "projectcon"],
  ["from", "project_from", "project-from", "projectfrom"],
  ["null", "project_null", "project-null", "projectnull"],
  ["master", "project_master", "project-master", "projectmaster"],
  ["São Paulo's", "sao_paulo_s", "sao-paulo-s", "saopaulos"],
  ["日本", "lakehouse", "lakehouse", "lakehouse"],
  ["", "lakehouse", "lakehouse", "lakehouse"],
  ["$&", "lakehouse", "lakehouse", "lakehouse"],
  ["b", "b", "project-b", "projectb"],
  ["x".repeat(200), "x".repeat(40), "x".repeat(40), "x".repeat(20)],
  [`${"x".repeat(39)}-y`, "x".repeat(39), "x".repeat(39), "x".repeat(20)],
])("names after a folder %s", (folder, identifier, hyphenated, compact) => {
  expect(projectNames(folder)).toEqual({ identifier, hyphenated, compact });
});

it.each([
  ["bikes/", "bikes"],
  ["a/b", "b"],
  ["./2024", "project_2024"],
  ["orders", "orders"],
])("init %s makes the project %s, which checks and compiles", async (path, name) => {
  const folder = temporaryFolder();
  const { code, out } = await medalc(`init ${path}`, { folder });
  expect(code).toBe(EXIT.ok);
  expect(out).toContain(`/${name}.medal\n`);
  expect(out).not.toContain("//");
  expect(readFileSync(`${folder}/${path}/${name}.medal`, "utf8")).toContain(`project ${name} {`);
  expect(readFileSync(`${folder}/${path}/README.md`, "utf8")).toMatch(new RegExp(`^# ${name}\n`));
  for (const { text } of filesIn(`${folder}/${path}`)) expect(text).not.toMatch(/my[_-]?shop/);
  for (const command of ["check", "compile"]) {
    expect(await medalc(`${command} ${path}`, { folder }), command).toMatchObject({ code: EXIT.ok });
  }
  expect(existsSync(`${folder}/${path}/out/manifest.json`)).toBe(true);
});

function filesIn(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

it("the project has the name of the current folder", async () => {
  const folder = temporaryFolder({ "bike shop/notes.txt": "mine" });
  const { out, err } = await medalc("init", { folder: `${folder}/bike shop`, env: { PATH: pathWithCommand() } });
  expect(out).toContain("Wrote bike_shop.medal\n");
  expect(err).toBe("Next: medalc check, medalc run\n");
  expect(readFileSync(`${folder}/bike shop/notes.txt`, "utf8")).toBe("mine");
});

it("a file in place of the folder is an error, and is kept", async () => {
  const folder = temporaryFolder({ shop: "mine" });
  const { code, err } = await medalc("init shop", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toMatch(/^error file-access: /);
  expect(readFileSync(`${folder}/shop`, "utf8")).toBe("mine");
});

it("prints commands that work: `npx medalc` only if npm installed medalc", async () => {
  const folder = temporaryFolder({
    "inside/node_modules/.bin/medalc": "",
    "inside/node_modules/medalc/schemas/medal.schema.json": "{}",
    "outside/a.txt": "",
  });
  const PATH = pathWithCommand();
  const readme = (path: string): string => readFileSync(`${folder}/${path}/README.md`, "utf8");
  const schema = (path: string): unknown => JSON.parse(readFileSync(`${folder}/${path}/medal.json`, "utf8")).$schema;

  const inside = await medalc("init a", { folder: `${folder}/inside` });
  expect(inside.err).toBe("Next: npx medalc check a, npx medalc run a\n");
  expect(readme("inside/a")).toContain("\nnpx medalc check ");
  expect(schema("inside/a")).toBe("../node_modules/medalc/schemas/medal.schema.json");

  const outside = await medalc("init b", { folder: `${folder}/outside`, env: { PATH } });
  expect(outside.err).toBe("Next: medalc check b, medalc run b\n");
  expect(readme("outside/b")).toContain("\nmedalc check ");
  expect(readme("outside/b")).not.toContain("npx medalc ");
  expect(schema("outside/b")).toBeUndefined();

  // From a folder with an installation to one without; the PATH that npm sets for this process is irrelevant.
  const bin = `${folder}/inside/node_modules/.bin`;
  const across = await medalc("init ../outside/c", { folder: `${folder}/inside`, env: { PATH: bin } });
  expect(across.err).toBe(
    "Next: npx medalc check ../outside/c, npx medalc run ../outside/c\n" +
      `To install the command medalc in ../outside/c too: npm install --global ${root}\n`,
  );
  expect(readme("outside/c")).toContain("\nmedalc check ");

  const nowhere = await medalc("init d", { folder: `${folder}/outside`, env: { PATH: bin } });
  expect(nowhere.err).toContain(`Next: ${root}/bin/medalc.js check d, ${root}/bin/medalc.js run d\n`);
});

it("the starter is a project of this repository, with the schema next to it", async () => {
  expect(await medalc("check examples/starter", { folder: root })).toMatchObject({ code: EXIT.ok });
  const { $schema } = JSON.parse(readFileSync(`${root}/examples/starter/medal.json`, "utf8"));
  expect(existsSync(`${root}/examples/starter/${$schema}`)).toBe(true);
});

it("file-exists: replaces nothing, and writes nothing", async () => {
  const folder = temporaryFolder({ "medal.json": "mine" });
  const { code, err } = await medalc("init", { folder });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain("error file-exists: medal.json already exists");
  expect(readFileSync(`${folder}/medal.json`, "utf8")).toBe("mine");
  expect(readdirSync(folder)).toEqual(["medal.json"]);
});

const GITHUB = ".github/workflows/medal.yml";
const AZURE = "azure-pipelines.yml";

/** Every step of every job that runs a command. */
function commandsOf(text: string): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if ((name === "run" || name === "script" || name === "inlineScript") && typeof inner === "string") {
        found.push(...inner.split("\n").filter((line) => line !== ""));
      } else visit(inner);
    }
  };
  visit(parse(text));
  return found;
}

it("--ci writes the files of a CI service next to a new project, each once", async () => {
  const folder = temporaryFolder();
  const { code, out } = await medalc("init --ci github --ci azure --ci github", { folder });
  expect(code).toBe(EXIT.ok);
  expect(out.split("\n").filter((line) => line.includes(".yml"))).toEqual([`Wrote ${GITHUB}`, `Wrote ${AZURE}`]);
  expect(out).toMatch(/^Wrote medalc_\w+\.medal$/m);
  for (const path of [GITHUB, AZURE]) {
    const text = readFileSync(`${folder}/${path}`, "utf8");
    expect(text).toContain('medalc compile "$PROJECT" --env dev');
    expectGolden(`ci/${path.split("/").at(-1)}`, text.replaceAll(VERSION, "VERSION"));
  }
});

/** What each recipe requires for planning and deploying. */
const DEPLOYING = {
  plan: /^medalc plan "\$PROJECT" --env dev (--out plan\.json|--detailed-exitcode > plan\.txt \|\| code=\$\?)$/,
  deploy: /^medalc deploy plan\.json --yes$/,
};

it("the CI files plan and deploy with existing options", async () => {
  const folder = temporaryFolder();
  await medalc("init --ci github --ci azure", { folder });
  const help = { plan: (await medalc("plan --help")).out, deploy: (await medalc("deploy --help")).out };
  for (const path of [GITHUB, AZURE]) {
    const commands = commandsOf(readFileSync(`${folder}/${path}`, "utf8"));
    for (const name of ["plan", "deploy"] as const) {
      const ours = commands.filter((each) => each.startsWith(`medalc ${name} `));
      expect(ours).toHaveLength(name === "plan" ? 2 : 1);
      for (const each of ours) expect(each).toMatch(DEPLOYING[name]);
      for (const [option] of ours.join(" ").matchAll(/--[a-z-]+/g)) expect(help[name]).toContain(option);
    }
  }
});

it("a new project passes the checks that the CI files run", async () => {
  const folder = temporaryFolder();
  await medalc("init --ci github --ci azure", { folder });
  for (const path of [GITHUB, AZURE]) {
    const commands = commandsOf(readFileSync(`${folder}/${path}`, "utf8"));
    const ours = commands.filter((each) => /^medalc (?!plan |deploy )/.test(each));
    expect(ours.map((each) => each.split(" ")[1])).toEqual(["check", "fmt", "run", "compile"]);
    for (const command of ours) {
      const args = command.slice("medalc ".length).replace('"$PROJECT"', ".");
      expect(await medalc(args, { folder }), command).toMatchObject({ code: EXIT.ok });
    }
  }
});

it("the workflow has the structure that GitHub requires, reads only, and pins its actions", async () => {
  const folder = temporaryFolder();
  await medalc("init --ci github", { folder });
  const text = readFileSync(`${folder}/${GITHUB}`, "utf8");
  const workflow = parse(text);
  expect(Object.keys(workflow).sort()).toEqual(["env", "jobs", "name", "on", "permissions"]);
  for (const [name, job] of Object.entries<Record<string, unknown>>(workflow.jobs)) {
    expect(name).toMatch(/^[A-Za-z_][\w-]*$/);
    expect(job).toMatchObject({ "runs-on": expect.any(String), "timeout-minutes": expect.any(Number) });
    for (const step of Array.isArray(job.steps) ? job.steps : []) {
      expect(
        ["uses", "run"].filter((kind) => kind in step),
        JSON.stringify(step),
      ).toHaveLength(1);
      expect(["name", "uses", "with", "run", "env"]).toEqual(expect.arrayContaining(Object.keys(step)));
    }
  }
  expect(workflow).toMatchObject({
    permissions: { contents: "read" },
    env: { MEDALC: `./vendor/medalc-${VERSION}.tgz` },
  });
  const uses = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
  expect(uses.length).toBeGreaterThan(1);
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/);
  // An event's value in a command line would let the author of a pull request run commands.
  for (const command of commandsOf(text)) expect(command).not.toContain("${{");
  expect(text).not.toMatch(/secrets\.|pull_request_target/);
});

it("the pipeline has the structure that Azure Pipelines requires", async () => {
  const folder = temporaryFolder();
  await medalc("init --ci azure", { folder });
  const pipeline = parse(readFileSync(`${folder}/${AZURE}`, "utf8"));
  expect(Object.keys(pipeline).sort()).toEqual(["jobs", "pool", "pr", "trigger", "variables"]);
  expect(pipeline.variables).toEqual({ MEDALC: `./vendor/medalc-${VERSION}.tgz`, PROJECT: ".", DEPLOYS: "no" });
  const [check, guarded] = pipeline.jobs;
  expect(Object.keys(guarded)).toEqual([expect.stringContaining("if eq(variables.DEPLOYS, 'yes')")]);
  for (const job of [check, ...Object.values<unknown[]>(guarded).flat()]) {
    expect(job.job ?? job.deployment).toMatch(/^\w+$/);
    expect(job).toMatchObject({ timeoutInMinutes: expect.any(Number) });
    for (const step of job.steps ?? job.strategy.runOnce.deploy.steps) {
      const kinds = ["checkout", "task", "script", "bash"].filter((kind) => kind in step);
      expect(kinds, JSON.stringify(step)).toHaveLength(1);
      if ("task" in step) expect(step.task).toMatch(/^\w+@\d+$/);
    }
  }
});

it("--ci in a folder with a program writes only its own files, at the root of the repository, for that folder", async () => {
  const folder = temporaryFolder({
    ".git/HEAD": "",
    "data/my shop/a.medal": "",
    "data/my shop/medal.json": '{"environments": {"local": {}, "prod": {}, "test": {}}}',
  });
  const { out, err } = await medalc("init --ci github --ci azure .", { folder: `${folder}/data/my shop` });
  expect(out).toBe(
    "Wrote ../../.github/workflows/medal-data_my_shop.yml\nWrote ../../azure-pipelines-data_my_shop.yml\n",
  );
  expect(err).toMatch(/^Next: commit and push/);
  expect(readdirSync(`${folder}/data/my shop`)).toEqual(["a.medal", "medal.json"]);
  const text = readFileSync(`${folder}/.github/workflows/medal-data_my_shop.yml`, "utf8");
  expect(parse(text)).toMatchObject({
    name: "medal-data_my_shop",
    env: { PROJECT: "data/my shop" },
  });
  expect(commandsOf(text)).toContain('medalc compile "$PROJECT" --env prod');
});

it("file-exists: an existing workflow is kept, and nothing is written", async () => {
  const folder = temporaryFolder({ [AZURE]: "mine", "shop.medal": "" });
  const { code, err } = await medalc("init --ci github --ci azure", { folder });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain(`error file-exists: ${AZURE} already exists`);
  expect(existsSync(`${folder}/${GITHUB}`)).toBe(false);
});

it("exit 64 for an unsupported CI service", async () => {
  const { code, err } = await medalc("init --ci jenkins");
  expect(code).toBe(EXIT.usage);
  expect(err).toContain("Allowed choices are github, azure.");
});
