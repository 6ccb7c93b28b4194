/** The CI services that there are recipes for. */
export const CI_SERVICES = ["github", "azure"] as const;

export type CiService = (typeof CI_SERVICES)[number];
