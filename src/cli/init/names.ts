/** The names of a new project and of its Azure resources, derived from the name of its folder. */
import { isFolderName } from "../../codegen/shared/lake.ts";
import { keywordOf } from "../../parser/tokens.ts";

export interface ProjectNames {
  /** Of the project, its program and its database: `my_shop`. */
  readonly identifier: string;
  /** Of resources whose names take hyphens and no underscores: `my-shop`. */
  readonly hyphenated: string;
  /** Of a storage account, which takes letters and digits only: `myshop`. */
  readonly compact: string;
}

/** Where no letter or digit of the folder's name is left. */
const NAMELESS = "lakehouse";
/** Before a name that cannot stand alone. */
const PREFIX = "project_";
/** Databases that every SQL server has. */
const SYSTEM_DATABASES: ReadonlySet<string> = new Set(["default", "master", "model", "msdb", "tempdb"]);
/** Containers have at least three characters. */
const SHORTEST = 3;
/** Leaves room for endings: the shortest limit of a name with hyphens is 50 characters. */
const LONGEST = 40;
/** Of the 24 characters of a storage account; the rest is for the environment. */
const LONGEST_COMPACT = 20;

/** `My Shop`, `my-shop` and `MyShop` become `my_shop`, `Café` becomes `cafe`, `2024` becomes `project_2024`. */
export function projectNames(folderName: string): ProjectNames {
  const words = folderName
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const wanted = words.join("_") || NAMELESS;
  const identifier = (canStandAlone(wanted) ? wanted : `${PREFIX}${wanted}`).slice(0, LONGEST).replace(/_$/, "");
  const longer = identifier.length < SHORTEST ? `${PREFIX}${identifier}` : identifier;
  return {
    identifier,
    hyphenated: longer.replaceAll("_", "-"),
    compact: longer.replaceAll("_", "").slice(0, LONGEST_COMPACT),
  };
}

function canStandAlone(name: string): boolean {
  return /^[a-z]/.test(name) && !keywordOf.has(name) && isFolderName(name) && !SYSTEM_DATABASES.has(name);
}
