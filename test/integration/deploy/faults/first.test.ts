/** The first deployment. It goes back to the ground that others may stand on. */
import { expect } from "vitest";
import { idOfKey } from "../../../../src/deploy/object.ts";
import { isGround } from "../../../../src/deploy/ownership.ts";
import { AFTER, startWorld, wantedOf } from "../world.ts";
import { testFaults } from "./cases.ts";

await testFaults({
  begin: startWorld,
  target: { wanted: wantedOf(AFTER), kind: "deploy" },
  thinned: 9,
  isBefore: ({ objects }) => expect(Object.keys(objects).filter((key) => !isGround(idOfKey(key)))).toEqual([]),
});
