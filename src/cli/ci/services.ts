/** The supported CI services. */
export const CI_SERVICES = ["github", "azure"] as const;

export type CiService = (typeof CI_SERVICES)[number];
