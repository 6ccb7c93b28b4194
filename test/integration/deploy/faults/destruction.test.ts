/** A destruction. All of it comes back. */
import { NOTHING, startSharedWorld, wantedOf } from "../world.ts";
import { testFaults } from "./cases.ts";

await testFaults({
  begin: startSharedWorld,
  target: { wanted: wantedOf(NOTHING), kind: "destroy" },
  thinned: 9,
});
