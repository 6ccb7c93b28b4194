#!/usr/bin/env node
import * as nodeModule from "node:module";
import { setFlagsFromString } from "node:v8";

const OLDEST_NODE = 22;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(`medalc needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}\n`);
  process.exitCode = 64;
} else {
  // Most commands end within seconds. V8's second optimizing compiler takes a sixth of their CPU time and gains less;
  // `run`, which reads rows for longer, turns it on again. Set first: the compile cache is valid for the same flags only.
  setFlagsFromString("--no-opt");
  nodeModule.enableCompileCache();
  const { main } = await import("../dist/cli/main.js");
  await main();
}
