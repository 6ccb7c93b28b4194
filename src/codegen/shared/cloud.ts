/** The Azure clouds: the same services with different host names. */
export type CloudName = "public" | "usgovernment" | "china";

export interface CloudHosts {
  /** The suffix after `ACCOUNT.dfs.` and `ACCOUNT.blob.` */
  readonly storage: string;
  /** The suffix after `WORKSPACE-ondemand.` */
  readonly synapse: string;
  /** The suffix after the vault's name. */
  readonly vault: string;
  /** The host of the management API. */
  readonly management: string;
  /** The host where applications sign in. */
  readonly login: string;
}

const HOSTS: Readonly<Record<CloudName, CloudHosts>> = {
  public: {
    storage: "core.windows.net",
    synapse: "sql.azuresynapse.net",
    vault: "vault.azure.net",
    management: "management.azure.com",
    login: "login.microsoftonline.com",
  },
  usgovernment: {
    storage: "core.usgovcloudapi.net",
    synapse: "sql.azuresynapse.usgovcloudapi.net",
    vault: "vault.usgovcloudapi.net",
    management: "management.usgovcloudapi.net",
    login: "login.microsoftonline.us",
  },
  china: {
    storage: "core.chinacloudapi.cn",
    synapse: "sql.azuresynapse.azure.cn",
    vault: "vault.azure.cn",
    management: "management.chinacloudapi.cn",
    login: "login.chinacloudapi.cn",
  },
};

/** @param environment the public cloud if it specifies none */
export function hostsIn({ cloud = "public" }: { readonly cloud?: CloudName }): CloudHosts {
  return HOSTS[cloud];
}
