/** A deployment of some tables only. */
import { AFTER, startSharedWorld, wantedOf } from "../world.ts";
import { testFaults } from "./cases.ts";

await testFaults({
  begin: startSharedWorld,
  target: { wanted: wantedOf(AFTER, { select: new Set(["gold.cities"]) }), kind: "deploy" },
  thinned: 9,
});
