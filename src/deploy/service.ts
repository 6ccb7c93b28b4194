/**
 * What a deployment asks of a service; each client in `services/` is one. Its calls throw failures that carry
 * diagnostics, with the service's own words and neither tokens nor secrets.
 */
import type { ActualObject, DesiredObject, ObjectId, ServiceId } from "./object.ts";

export interface ServiceClient {
  readonly service: ServiceId;
  /**
   * Everything that carries the project's mark, and whatever has the name of a wanted object; of others those that use
   * such an object, as far as the service tells. Lists, in parallel; an empty list where the service has nothing yet.
   */
  read(wanted: readonly ObjectId[]): Promise<readonly ActualObject[]>;
  /** Creates the object or sets all of it. The same call twice leaves what one leaves. */
  write(object: DesiredObject): Promise<void>;
  /** Removes the object; fine where it is gone. */
  remove(id: ObjectId): Promise<void>;
  /** Of a trigger: starts or stops it and waits until the service says so. Only Data Factory has them. */
  run?(id: ObjectId, runs: boolean): Promise<void>;
  /** Of a trigger: undefined where there is none. */
  stateOf?(id: ObjectId): Promise<"Started" | "Stopped" | "Disabled" | undefined>;
}
