/** Rules for the texts of settings. */

/** A rule for a text. */
export interface TextRule {
  readonly accepts: (text: string) => boolean;
  /** As in "base_url must be …". */
  readonly expected: string;
}

export const HTTP_ADDRESS: TextRule = {
  accepts: (text) => /^https?:\/\/[^/?#\s]/i.test(text) && URL.canParse(text),
  expected: "a URL that starts with https:// or http://",
};

/** In the cloud it is a folder of the lake's container, locally one of the project's. */
export const FOLDER_BELOW: TextRule = {
  accepts: (text) =>
    text !== "" && !/^([/\\]|[A-Za-z]:)/.test(text) && !text.split(/[/\\]/).includes("..") && !text.includes("\0"),
  expected: "a relative path below the project folder, without `..`",
};

/** `"90m"`, `"12h"`: a whole number of minutes or hours, up to seven days. */
export const DURATION: TextRule = {
  accepts: (text) => {
    const seconds = secondsOf(text);
    return seconds !== undefined && seconds > 0 && seconds <= 7 * 24 * 3600;
  },
  expected: 'a number of minutes or hours up to seven days, such as "90m" or "12h"',
};

/** The seconds of a duration, `"90m"`; undefined if the text is not a duration. */
export function secondsOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mh])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === "h" ? 3600 : 60);
}

/** A number of days. */
export const DAYS: TextRule = {
  accepts: (text) => daysOf(text) !== undefined,
  expected: 'a number of days, such as "90d"',
};

/** `"90d"`; undefined if the text is no number of days. */
export function daysOf(text: string): number | undefined {
  const [, count] = /^([1-9]\d{0,4})d$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count);
}

export const TENANT: TextRule = {
  accepts: (text) => /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/.test(text),
  expected: "the ID or the domain name of an Entra tenant",
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const APPLICATION: TextRule = {
  accepts: (text) => UUID.test(text),
  expected: "the application ID of a service principal",
};

export const CONTAINER: TextRule = {
  accepts: (text) => /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(text),
  expected: "3 to 63 lower-case letters, digits and single hyphens",
};

export const CLUSTER: TextRule = {
  accepts: (text) => /^(job|serverless|\d{4}-\d{6}-[a-z0-9]+(-v2n)?)$/.test(text),
  expected: '"job", "serverless" or the ID of a cluster, such as "0923-164208-meows279"',
};

export const FOLDER_OF_WORKSPACE: TextRule = {
  accepts: (text) =>
    /^\/(Workspace\/)?[^/\0]/.test(text) &&
    !text
      .replace(/^\/Workspace/, "")
      .split("/")
      .slice(1)
      .some((part) => ["", ".", ".."].includes(part)) &&
    !/^(\/Workspace)?\/Shared(\/|$)/i.test(text),
  expected: "a path in the workspace outside of /Workspace/Shared, where every user can write",
};

export const SCHEMA_NAME: TextRule = {
  accepts: (text) =>
    /^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(text) && !/^(dbo|guest|sys|information_schema|db_\w*)$/i.test(text),
  expected: "a name of letters, digits and underscores that is not a schema of the system",
};

/** Unity Catalog stores names in lower case. */
const CATALOG_WORD = /^[a-z0-9_][a-z0-9_-]{0,99}$/;

export const CATALOG_NAME: TextRule = {
  accepts: (text) => CATALOG_WORD.test(text) && !/^(hive_metastore|samples|system)$/.test(text),
  expected: "a catalog of Unity Catalog, in lower-case letters, digits, underscores and hyphens",
};

export const CATALOG_SCHEMA: TextRule = {
  accepts: (text) => CATALOG_WORD.test(text),
  expected: "lower-case letters, digits, underscores and hyphens",
};

const PRINCIPAL = /^[^,\s][^,\0]*$/;

export const ONE_PRINCIPAL: TextRule = {
  accepts: (text) => PRINCIPAL.test(text) && principalKind(text) !== "group_name",
  expected: "the application ID of a service principal or the e-mail address of a user",
};

export const PRINCIPALS: TextRule = {
  accepts: (text) => principalsIn(text).every((each) => PRINCIPAL.test(each)),
  expected: "groups, application IDs of service principals and e-mail addresses of users, separated by commas",
};

/** The names in a list of principals, `"data-engineers, ada@shop.example"`. */
export function principalsIn(text: string): readonly string[] {
  return text.split(",").map((each) => each.trim());
}

/** The kind of a principal in Databricks: by an application ID, an e-mail address, or otherwise a group. */
export function principalKind(name: string): "service_principal_name" | "user_name" | "group_name" {
  if (UUID.test(name)) return "service_principal_name";
  return name.includes("@") ? "user_name" : "group_name";
}

const EMAIL = /^[^\s@,;<>()"\p{Cc}]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/u;

/** Empty for nobody, so that an environment can do without notifications. */
export const EMAILS: TextRule = {
  accepts: (text) => listedIn(text).every((each) => EMAIL.test(each)),
  expected: "e-mail addresses, separated by commas",
};

const MOST_DESTINATIONS = 3;

export const DESTINATIONS: TextRule = {
  accepts: (text) => listedIn(text).length <= MOST_DESTINATIONS && listedIn(text).every((each) => UUID.test(each)),
  expected: "up to three IDs of notification destinations, separated by commas",
};

/** The entries of a list that may be empty. */
export function listedIn(text: string): readonly string[] {
  return text.trim() === "" ? [] : text.split(",").map((each) => each.trim());
}

/** Microsoft's naming rules for Data Factory. */
export const RUNTIME_NAME: TextRule = {
  accepts: (text) => /^(?=.{3,63}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(text),
  expected: "the name of an integration runtime: 3 to 63 letters, digits and single hyphens",
};
