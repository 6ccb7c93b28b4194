import type { SourcePlan } from "../../../plan/program.ts";
import type { Connector } from "./connector.ts";
import { file } from "./file.ts";
import { http } from "./http.ts";
import { mongodb } from "./mongodb.ts";
import { postgres } from "./postgres.ts";

/** Every kind of source there is. */
export const connectors: Readonly<Record<SourcePlan["kind"], Connector>> = { http, file, postgres, mongodb };
