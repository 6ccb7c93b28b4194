/** The address of a factory. Names from medal.json and the program are validated before they reach a URL or a shell. */
import { COMMAND_LINE } from "../../config/environment.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { failure } from "../../runner/errors.ts";
import type { Place } from "../endpoints.ts";
import type { Identity } from "./credentials.ts";

export type AdfPlace = Omit<NonNullable<Place["adf"]>, "endpoint">;

const RULES = [
  ["subscription", "a subscription", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
  ["resourceGroup", "a resource group", /^[-\w.()]{0,89}[-\w()]$/],
  ["factory", "a data factory", /^(?=.{3,63}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/],
] as const;

/** Returns the place; throws a failure if a name is not valid in Azure. */
export function checkedPlace(place: AdfPlace): AdfPlace {
  const wrong = RULES.filter(([part, , rule]) => !rule.test(place[part]));
  if (wrong.length === 0) return place;
  throw failure(...wrong.map(([part, what]) => diagnostic("azure-name", COMMAND_LINE, { name: place[part], what })));
}

export function pathOfGroup({ subscription, resourceGroup }: AdfPlace): readonly string[] {
  return ["subscriptions", subscription, "resourceGroups", resourceGroup];
}

export function pathOfFactory(place: AdfPlace): readonly string[] {
  return [...pathOfGroup(place), "providers", "Microsoft.DataFactory", "factories", place.factory];
}

/**
 * The command that allows an identity to deploy a factory: the least privileged built-in role, on the factory, or on its
 * resource group if the factory does not exist yet. The names are validated, so they are safe in a shell.
 */
export function grantCommand(place: AdfPlace, who: Identity | undefined, on: "factory" | "group"): string {
  checkedPlace(place);
  const scope = `/${(on === "factory" ? pathOfFactory(place) : pathOfGroup(place)).join("/")}`;
  const known = who !== undefined && /^[\w-]+$/.test(who.objectId) ? who : undefined;
  const assignee = known
    ? `--assignee-object-id ${known.objectId} --assignee-principal-type ${known.kind}`
    : "--assignee OBJECT_ID";
  return `az role assignment create ${assignee} --role "Data Factory Contributor" --scope "${scope}"`;
}
