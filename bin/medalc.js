#!/usr/bin/env node
import * as nodeModule from "node:module";

const OLDEST_NODE = 22;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(`medalc needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}\n`);
  process.exitCode = 64;
} else {
  nodeModule.enableCompileCache();
  const { main } = await import("../dist/cli/main.js");
  await main();
}
