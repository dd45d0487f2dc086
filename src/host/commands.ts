import * as vscode from "vscode";
import { askApiKey } from "./api-key";
import type { CommandContext, Commands } from "./command-context";
import { reportFailures } from "./failures";
import { planCommands } from "./plan-commands";
import { planEditCommands } from "./plan-edit-commands";
import { reviewCommands } from "./review-commands";
import { runCommands } from "./run-commands";
import type { Row } from "./run-tree";

/** Registers every command. Each failure a user can meet is shown once, where they are. */
export function registerCommands(c: CommandContext): vscode.Disposable {
  const commands: Commands = {
    ...planCommands(c),
    ...planEditCommands(c),
    ...runCommands(c),
    ...reviewCommands(c),
    "braid.setApiKey": () => askApiKey(c.context),
    "braid.showLog": async () => c.log.show(),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([id, run]) =>
      vscode.commands.registerCommand(id, (row?: Row) => reportFailures(c.log, () => run(row))),
    ),
  );
}
