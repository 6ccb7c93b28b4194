/**
 * The Synapse target: scripts for a serverless SQL pool, run in the order of their names and as often as one likes.
 * They hold no secret; what an environment decides (storage account, names) stands in them as its value.
 */
import databaseTemplate from "../../../templates/synapse/01-database.sql.hbs";
import storageTemplate from "../../../templates/synapse/02-storage.sql.hbs";
import schemaTemplate from "../../../templates/synapse/03-schema.sql.hbs";
import grantsTemplate from "../../../templates/synapse/05-grants.sql.hbs";
import type { Program, ServicePlan } from "../../plan/program.ts";
import type { OutputFile } from "../files.ts";
import { COLLATION, DATA_SOURCE, viewScripts } from "../shared/serving-views.ts";
import { requiredText } from "../shared/settings.ts";
import { template } from "../shared/template.ts";
import { batch, batchesOf, commentLines, quoteName, quoteText, script } from "../shared/tsql.ts";
import type { EmitContext, Target } from "../target.ts";
import { checkSynapse } from "./check.ts";

export const synapseTarget: Target = {
  id: "synapse",
  applies: (program) => program.serve?.kind === "synapse",
  check: (program, context) => (program.serve ? checkSynapse(program, program.serve, context.environment) : []),
  emit: (program, context) => (program.serve ? scripts(program, program.serve, context) : []),
};

const templates = {
  database: template(databaseTemplate),
  storage: template(storageTemplate),
  schema: template(schemaTemplate),
  grants: template(grantsTemplate),
};

function scripts(program: Program, serve: ServicePlan, { environment }: EmitContext): readonly OutputFile[] {
  const views = viewScripts(program);
  const database = requiredText(serve.settings, "database", environment);
  const workspace = requiredText(serve.settings, "workspace", environment);
  const account = requiredText(program.lake.settings, "account", environment);
  const container = requiredText(program.lake.settings, "container", environment);
  const factory =
    program.ingest?.kind === "datafactory" ? requiredText(program.ingest.settings, "name", environment) : undefined;
  const createDatabase = `CREATE DATABASE ${quoteName(database)} COLLATE ${COLLATION};`;
  return [
    file(
      "01-database",
      templates.database({
        about: commentLines(program.doc ?? program.name),
        server: `${workspace}-ondemand.sql.azuresynapse.net`,
        database: quoteName(database),
        databaseText: quoteText(database),
        createDatabase: quoteText(createDatabase),
      }),
    ),
    file(
      "02-storage",
      templates.storage({
        dataSource: DATA_SOURCE,
        location: quoteText(`https://${account}.dfs.core.windows.net/${container}/gold`),
      }),
    ),
    file("03-schema", templates.schema({})),
    // A program may still be without gold tables.
    ...(views.length === 0
      ? []
      : [
          {
            path: "synapse/04-views.sql",
            text: script(views.flatMap((view) => view.batches)),
            from: views.map((view) => view.name),
          },
        ]),
    file(
      "05-grants",
      templates.grants({
        factory: factory === undefined ? undefined : { name: quoteName(factory), text: quoteText(factory) },
      }),
    ),
  ];
}

function file(name: string, text: string): OutputFile {
  return { path: `synapse/${name}.sql`, text: script(batchesOf(text).map(batch)), from: ["project"] };
}
