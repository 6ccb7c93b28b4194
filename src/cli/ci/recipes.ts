/** The CI files of a project: their templates and their paths in the repository. */
import azure from "../../../templates/ci/azure.yml.hbs";
import github from "../../../templates/ci/github.yml.hbs";
import { safeName } from "../../codegen/shared/names.ts";
import { template } from "../../codegen/shared/template.ts";
import { VERSION } from "../../version.ts";
import type { CiService } from "./services.ts";

export interface CiProject {
  /** The project folder relative to the root of its repository; `.` for the root. */
  readonly folder: string;
  /** The environment to compile for. */
  readonly environment: string;
}

export interface CiFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

interface View {
  readonly name: string;
  readonly package: string;
  readonly project: string;
  readonly environment: string;
}

const layouts: Readonly<Record<CiService, (view: View) => string>> = {
  github: template<View>(github),
  azure: template<View>(azure),
};

/** The file of a CI service. Each project of a repository has its own. */
export function ciFile(service: CiService, { folder, environment }: CiProject): CiFile {
  const suffix = folder === "." ? "" : `-${safeName(folder)}`;
  const paths: Readonly<Record<CiService, string>> = {
    github: `.github/workflows/medal${suffix}.yml`,
    azure: `azure-pipelines${suffix}.yml`,
  };
  // JSON is valid YAML.
  const view = {
    name: `medal${suffix}`,
    package: `./vendor/medalc-${VERSION}.tgz`,
    project: JSON.stringify(folder),
    environment,
  };
  return { path: paths[service], text: layouts[service](view) };
}
