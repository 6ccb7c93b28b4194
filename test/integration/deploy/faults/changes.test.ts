/** A deployment with changes of every kind. */
import { afterAll } from "vitest";
import { AFTER, startDeployedWorld, wantedOf } from "../world.ts";
import { testFaults } from "./cases.ts";

const { world } = await startDeployedWorld();
afterAll(() => world[Symbol.asyncDispose]());

await testFaults({ world, target: { wanted: wantedOf(AFTER), kind: "deploy" }, thinned: 1 });
