import { fileURLToPath } from "node:url";

/** The project's root folder, absolute. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Kept between runs and never committed: servers, virtual environments, generated data. */
export const cache: string = `${root}/.cache`;
