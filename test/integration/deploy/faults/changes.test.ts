/** A deployment with changes of every kind. */
import { AFTER, BEFORE, register, startDeployedWorld, wantedOf } from "../world.ts";
import { testFaults } from "./cases.ts";

await testFaults({
  begin: async () => {
    const { world } = await startDeployedWorld();
    register(world.cloud, BEFORE);
    return world;
  },
  target: { wanted: wantedOf(AFTER), kind: "deploy" },
  thinned: 1,
});
