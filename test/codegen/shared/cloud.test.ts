import { expect, it } from "vitest";
import { emitAll } from "../../../src/codegen/emit.ts";
import { exampleContext, exampleProgram } from "../support/compile.ts";

it.each([
  ["usgovernment", "olistlake.dfs.core.usgovcloudapi.net", "olist-synapse-ondemand.sql.azuresynapse.usgovcloudapi.net"],
  ["china", "olistlake.dfs.core.chinacloudapi.cn", "olist-synapse-ondemand.sql.azuresynapse.azure.cn"],
] as const)("names no server of the public cloud in that of %s", (cloud, lake, pool) => {
  const environment = { ...exampleContext.environment, cloud };
  const { files } = emitAll(exampleProgram(), { environment, environments: [environment] });
  // A docstring describes what a root looks like.
  const texts = files.map(({ text }) => text.replace("abfss://CONTAINER@ACCOUNT.dfs.core.windows.net", ""));
  expect(texts.filter((text) => /core\.windows\.net|azuresynapse\.net|vault\.azure\.net/.test(text))).toEqual([]);
  const all = texts.join("\n");
  expect(all).toContain(lake);
  expect(all).toContain(pool);
});
