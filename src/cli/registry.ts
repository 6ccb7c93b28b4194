/** What a group of commands is added to. */
import type { Command } from "commander";
import type { CommandResult, CommonOptions } from "./command.ts";
import type { Io } from "./io.ts";

export interface CommandEntry {
  /** `check [path]` */
  readonly usage: string;
  /** One line that starts with a verb. */
  readonly description: string;
  /** Command lines, one or two. */
  readonly examples: readonly string[];
}

export interface Registry {
  readonly io: Io;
  /**
   * Adds a command, with the options that all have. Its function gets the options and the arguments in order; it loads
   * what it needs when it is called, so that every command starts quickly.
   */
  readonly add: <Options>(
    entry: CommandEntry,
    command: (options: Options & CommonOptions, args: readonly string[]) => Promise<CommandResult>,
  ) => Command;
}
