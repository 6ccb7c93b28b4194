/**
 * The interface of the service clients in `services/`. Calls throw failures with diagnostics that contain the service's
 * own message, without tokens and secrets.
 */
import type { ActualObject, DesiredObject, ObjectId, ServiceId, WantedId } from "./object.ts";

export interface ServiceClient {
  readonly service: ServiceId;
  /**
   * Reads all objects with the project's mark or the name of a desired object, and others that use such an object, as far
   * as the service reports it. Empty if the service has none yet.
   */
  read(wanted: readonly WantedId[]): Promise<readonly ActualObject[]>;
  /** Creates or replaces the object. Idempotent. */
  write(object: DesiredObject): Promise<void>;
  /** Deletes the object. Idempotent. */
  remove(id: ObjectId): Promise<void>;
  /** The id that the service assigned to an object; undefined if it does not exist. */
  idOf?(id: ObjectId): Promise<string | undefined>;
  /** Starts or stops a trigger and waits for its state. Only Data Factory has triggers. */
  run?(id: ObjectId, runs: boolean): Promise<void>;
  /** The state of a trigger; undefined if it does not exist. */
  stateOf?(id: ObjectId): Promise<"Started" | "Stopped" | "Disabled" | undefined>;
}
