/** A destruction. All of it comes back. */
import { afterAll } from "vitest";
import { addOthers, BEFORE, bringAbout, NOTHING, startWorld, wantedOf } from "../world.ts";
import { testFaults } from "./cases.ts";

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
await bringAbout(world.connect(), { wanted: wantedOf(BEFORE), kind: "deploy" });
addOthers(world.cloud, { guest: false });

await testFaults({ world, target: { wanted: wantedOf(NOTHING), kind: "destroy" }, thinned: 9 });
