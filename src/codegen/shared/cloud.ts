/** The clouds of Azure: the same services under other names. */
export type CloudName = "public" | "usgovernment" | "china";

export interface CloudHosts {
  /** What follows `ACCOUNT.dfs.` and `ACCOUNT.blob.` */
  readonly storage: string;
  /** What follows `WORKSPACE-ondemand.` */
  readonly synapse: string;
  /** What follows the vault's name. */
  readonly vault: string;
  /** Where resources are managed. */
  readonly management: string;
}

const HOSTS: Readonly<Record<CloudName, CloudHosts>> = {
  public: {
    storage: "core.windows.net",
    synapse: "sql.azuresynapse.net",
    vault: "vault.azure.net",
    management: "management.azure.com",
  },
  usgovernment: {
    storage: "core.usgovcloudapi.net",
    synapse: "sql.azuresynapse.usgovcloudapi.net",
    vault: "vault.usgovcloudapi.net",
    management: "management.usgovcloudapi.net",
  },
  china: {
    storage: "core.chinacloudapi.cn",
    synapse: "sql.azuresynapse.azure.cn",
    vault: "vault.azure.cn",
    management: "management.chinacloudapi.cn",
  },
};

/** @param environment the public cloud's where it names none */
export function hostsIn({ cloud = "public" }: { readonly cloud?: CloudName }): CloudHosts {
  return HOSTS[cloud];
}
