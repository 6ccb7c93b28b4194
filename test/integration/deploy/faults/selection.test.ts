/** A deployment of some tables only. */
import { afterAll } from "vitest";
import { AFTER, addOthers, BEFORE, bringAbout, startWorld, wantedOf } from "../world.ts";
import { testFaults } from "./cases.ts";

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
await bringAbout(world.connect(), { wanted: wantedOf(BEFORE), kind: "deploy" });
addOthers(world.cloud, { guest: false });

const wanted = wantedOf(AFTER, { select: new Set(["gold.cities"]) });
await testFaults({ world, target: { wanted, kind: "deploy" }, thinned: 9 });
