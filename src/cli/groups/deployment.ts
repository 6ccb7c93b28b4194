/** The commands that plan and apply deployments to Azure. */
import { Option } from "commander";
import {
  allowDestroyOption,
  type ConfirmingOptions,
  deployedEnvironmentOption,
  type EnvironmentOptions,
  isGiven,
  NARROWING,
  type PlanningOptions,
  paramOption,
  planFileOption,
  withConfirming,
  withPlanning,
} from "../options.ts";
import type { Registry } from "../registry.ts";
import { isSavedPlan } from "../saved-plan.ts";

export function addDeploymentCommands({ add, io }: Registry): void {
  withPlanning(
    add<PlanningOptions & { readonly out?: string; readonly detailedExitcode?: boolean }>(
      {
        usage: "plan [path]",
        description: "show what a deployment would change, and its effect on data; changes nothing",
        examples: ["medalc plan shop --env prod", "medalc plan shop --out plan.json"],
      },
      async (options, [path]) => {
        const { plan } = await import("../commands/plan.ts");
        return plan({ ...options, path: path ?? "." }, io);
      },
    ),
  )
    .addOption(planFileOption())
    .option("--detailed-exitcode", "exit with 2 if there are changes");

  withConfirming(
    withPlanning(
      add<PlanningOptions & ConfirmingOptions & { readonly resume?: boolean; readonly rollback?: boolean }>(
        {
          usage: "deploy [path]",
          description: "deploy the program, or a saved plan, to an environment, after confirmation",
          examples: ["medalc deploy shop --env prod", "medalc deploy plan.json", "medalc deploy shop --rollback"],
        },
        async (options, [path]) => {
          const { deploy } = await import("../commands/deploy.ts");
          return deploy({ ...options, path: path ?? "." }, io);
        },
      ),
    ),
  )
    .addOption(
      new Option("--resume", "continue the last deployment if it did not complete").conflicts([
        "rollback",
        ...NARROWING,
      ]),
    )
    .addOption(new Option("--rollback", "restore the last successful deployment").conflicts(NARROWING))
    .hook("preAction", (_, command) => {
      const [path = "."] = command.args;
      const others = ["env", "param", ...NARROWING, "resume", "rollback"];
      const other = isSavedPlan(path) && command.options.find((each) => isGiven(command, each, others));
      if (other) command.error(`error: option '${other.flags}' cannot be used with a saved plan, which fixes it`);
    });

  withConfirming(
    add<EnvironmentOptions & ConfirmingOptions & { readonly allowDestroy?: readonly string[] }>(
      {
        usage: "destroy [path]",
        description: "remove what was deployed, except rows and shared objects",
        examples: ["medalc destroy shop --env dev --dry-run"],
      },
      async (options, [path]) => {
        const { destroy } = await import("../commands/destroy.ts");
        return destroy({ ...options, path: path ?? "." }, io);
      },
    )
      .addOption(deployedEnvironmentOption())
      .addOption(paramOption())
      .addOption(allowDestroyOption("also delete the rows of this table, such as gold.orders; repeatable")),
  );

  add<EnvironmentOptions>(
    {
      usage: "doctor [path]",
      description: "check the connections and permissions to deploy to an environment",
      examples: ["medalc doctor shop --env prod"],
    },
    async (options, [path]) => {
      const { doctor } = await import("../commands/doctor.ts");
      return doctor({ ...options, path: path ?? "." }, io);
    },
  )
    .addOption(deployedEnvironmentOption())
    .addOption(paramOption());
}
