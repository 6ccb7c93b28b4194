/** Resolves secrets of linked services to Key Vault references. Their values are never read. */
import type { Secrets } from "./connectors/connector.ts";
import type { Factory } from "./factory.ts";
import { get, text } from "./json.ts";
import { assumed, notImported } from "./notices.ts";
import { type Resolved, reachService } from "./references.ts";
import { textOf } from "./value.ts";

export function createSecrets(factory: Factory): Secrets {
  return (service, property) => {
    const node = get(service.node, "typeProperties", property);
    const none = { kind: "secret", vault: undefined, key: undefined } as const;
    if (text(get(node, "type")) !== "AzureKeyVaultSecret") {
      const whole = get(service.node, "typeProperties", "connectionString");
      const at = node.value === undefined && whole.value !== undefined ? whole : node;
      return { value: none, notices: [notImported(at, notInVault(property, at.value !== undefined))] };
    }
    const vault = vaultOf(reachService(factory, get(node, "store"), service.scope));
    const key = textOf(service.value(property, "secretName"));
    const missing =
      vault === undefined
        ? [assumed(get(node, "store"), `the Key Vault of the ${property} is not known`)]
        : key === undefined
          ? [assumed(get(node, "secretName"), `the name of the ${property} in its Key Vault is not known`)]
          : [];
    return { value: { kind: "secret", vault, key }, notices: missing };
  };
}

function notInVault(property: string, isThere: boolean): string {
  const todo = "store it in a Key Vault under the name in the program";
  return isThere
    ? `the ${property} is stored in the factory in plain text: ${todo}`
    : `the ${property} is not in the factory's files: ${todo}`;
}

/** The Key Vaults with a linked service in the factory. */
export function vaultsOf(factory: Factory): readonly string[] {
  const names = factory.objects.linkedService
    .filter(({ node }) => text(get(node, "type")) === "AzureKeyVault")
    .map(({ name }) =>
      vaultOf(reachService(factory, { value: { referenceName: name }, file: "", path: "$" }, factory)),
    );
  return [...new Set(names.filter((each) => each !== undefined))];
}

function vaultOf(service: Resolved | string): string | undefined {
  if (typeof service === "string" || service.type !== "AzureKeyVault") return undefined;
  return /^https:\/\/([A-Za-z0-9-]+)\./.exec(textOf(service.value("baseUrl")) ?? "")?.[1];
}
