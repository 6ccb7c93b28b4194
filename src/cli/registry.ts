/** A group of commands and how to add commands to it. */
import type { Command } from "commander";
import type { CommandResult, CommonOptions } from "./command.ts";
import type { Io } from "./io.ts";

export interface CommandEntry {
  /** `check [path]` */
  readonly usage: string;
  /** One line that starts with a verb. */
  readonly description: string;
  /** One or two command lines. */
  readonly examples: readonly string[];
}

export interface Registry {
  readonly io: Io;
  /**
   * Adds a command with the common options. Its function gets the options and the arguments in order. It imports what
   * it needs when called, so that every command starts quickly.
   */
  readonly add: <Options>(
    entry: CommandEntry,
    command: (options: Options & CommonOptions, args: readonly string[]) => Promise<CommandResult>,
  ) => Command;
}
