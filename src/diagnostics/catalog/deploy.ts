/** Deployments: the services, the lease, what is kept of deployments in the lake. */
import type { Catalog } from "./entry.ts";

export const deployCatalog = {
  "service-unreachable": {
    severity: "error",
    message: "{service} does not answer at {address}: {problem}",
    hint: "Compare the name with the portal's, and see whether a firewall or a private endpoint keeps this machine out.",
  },
  "service-token-refused": {
    severity: "error",
    message: "{service} does not accept the token of this identity: {problem}",
    hint: "Sign in again with `az login`, to the tenant that {service} belongs to.",
  },
  "service-forbidden": {
    severity: "error",
    message: "{service} does not let this identity {action}: {problem}",
    hint: "Let somebody who may grant it run: `{grant}`.",
  },
  "service-refused": {
    severity: "error",
    message: "{service} refused to {action}: {problem}",
    hint: "Nothing of this step was done. Mend what {service} names; the next deployment goes on from here.",
  },
  "service-busy": {
    severity: "error",
    message: "{service} was asked {tries} times to {action} and was busy each time: {problem}",
    hint: "Try again later: the next deployment goes on from here.",
  },
} as const satisfies Catalog;
