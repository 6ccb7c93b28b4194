/** A deployment with changes of every kind. */
import { AFTER, startDeployedWorld, wantedOf } from "../world.ts";
import { testFaults } from "./cases.ts";

await testFaults({
  begin: async () => (await startDeployedWorld()).world,
  target: { wanted: wantedOf(AFTER), kind: "deploy" },
  thinned: 1,
});
