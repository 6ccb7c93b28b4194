/**
 * The Synapse target: idempotent scripts for a serverless SQL pool, run in the order of their names. They contain no secrets,
 * and the values of one environment (storage account, names).
 *
 * `objects` defines the objects, `statements` the SQL that creates them; a deployment uses both as well.
 */
import type { Program, ServicePlan } from "../../plan/program.ts";
import type { OutputFile } from "../files.ts";
import { batch, commentLines, quoteName, script } from "../shared/tsql.ts";
import type { EmitContext, Target } from "../target.ts";
import { synapseCheck } from "./check.ts";
import { type ServingObject, servingOf } from "./objects.ts";
import { statementsOf } from "./statements.ts";

export const synapseTarget: Target = {
  ...synapseCheck,
  emit: (program, context) => (program.serve ? scripts(program, program.serve, context) : []),
};

function scripts(program: Program, serve: ServicePlan, { environment }: EmitContext): readonly OutputFile[] {
  const { server, database, storage, schema, views, readers, publishers } = servingOf(program, serve, environment);
  const about = [
    ...commentLines(program.doc ?? program.name),
    `-- Server ${server}; connect to master for this script, to ${quoteName(database.name)} for the ones after it.`,
  ];
  return [
    file("01-database", [{ about, objects: [database] }]),
    file("02-storage", [{ objects: storage }]),
    file("03-schema", [{ objects: schema }]),
    // A program may have no gold tables yet.
    ...(views.length === 0 ? [] : [{ ...file("04-views", [{ objects: views }]), from: views.map(({ name }) => name) }]),
    file("05-grants", [
      { about: [membersComment(readers)], objects: readers },
      { about: [PUBLISHERS], objects: publishers },
    ]),
  ];
}

function membersComment(readers: readonly ServingObject[]): string {
  const [reader = "", piiReader] = readers.flatMap((each) => (each.kind === "role" ? [quoteName(each.name)] : []));
  const personal = piiReader === undefined ? "" : `; who also sees personal data, to ${piiReader}`;
  return `-- Who may read: add users and groups to this role, ALTER ROLE ${reader} ADD MEMBER [name]${personal};`;
}

const PUBLISHERS = "-- The data factory brings the views up to date after each run.";

interface Part {
  /** Comment lines before the first batch. */
  readonly about?: readonly string[];
  readonly objects: readonly ServingObject[];
}

function file(name: string, parts: readonly Part[]): OutputFile {
  const batches = parts.flatMap(({ about = [], objects }) => {
    const [first, ...others] = objects.flatMap(statementsOf);
    return first === undefined ? [] : [about.map((line) => `${line}\n`).join("") + first, ...others];
  });
  return { path: `synapse/${name}.sql`, text: script(batches.map(batch)), from: ["project"] };
}
