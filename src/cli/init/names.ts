/** The names of a new project and of its Azure resources, derived from the name of its folder. */
import { isFolderName } from "../../codegen/shared/lake.ts";
import { keywordOf } from "../../parser/tokens.ts";

export interface ProjectNames {
  /** The name of the project, its program and its database: `my_shop`. */
  readonly identifier: string;
  /** For resources whose names allow hyphens but no underscores: `my-shop`. */
  readonly hyphenated: string;
  /** For a storage account, which allows only letters and digits: `myshop`. */
  readonly compact: string;
}

/** Used if the folder's name contains no letters or digits. */
const NAMELESS = "lakehouse";
/** Added to names that are not valid by themselves. */
const PREFIX = "project_";
/** Databases of every SQL server. */
const SYSTEM_DATABASES: ReadonlySet<string> = new Set(["default", "master", "model", "msdb", "tempdb"]);
/** Containers have at least three characters. */
const SHORTEST = 3;
/** Leaves room for suffixes: the shortest limit of a name with hyphens is 50 characters. */
const LONGEST = 40;
/** A storage account name has up to 24 characters; the rest is for the environment. */
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
