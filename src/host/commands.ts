import * as vscode from "vscode";
import { amendmentCommands } from "./amendment-commands";
import { askApiKey } from "./model/api-key";
import { byHandCommands } from "./review/by-hand-commands";
import type { CommandContext, Commands } from "./command-context";
import { cleanCommands } from "./clean/clean-commands";
import { doctorCommands } from "./doctor/doctor-commands";
import { historyCommands } from "./history/history-commands";
import { reportFailures } from "./failures";
import { findingCommands } from "./review/finding-commands";
import { originCommands } from "./review/origin-commands";
import { patternCommands } from "./plan/pattern-commands";
import { approvalCommands } from "./approvals";
import { showModels } from "./model/list-models";
import { planCommands } from "./plan/plan-commands";
import { planEditCommands } from "./plan/plan-edit-commands";
import { questionCommands } from "./questions";
import { reviewCommands } from "./review/review-commands";
import { runCommands } from "./run-commands";
import { steerCommands } from "./steer-commands";
import { transcriptCommands } from "./transcript-documents";
import { traceCommands } from "./trace-command";
import { reportCommands } from "./run-report-document";
import type { Row } from "./tree/run-rows";

/** Registers every command. Each failure a user can meet is shown once, where they are. */
export function registerCommands(c: CommandContext): vscode.Disposable {
  const commands: Commands = {
    ...planCommands(c),
    ...planEditCommands(c),
    ...patternCommands(c),
    ...findingCommands(c),
    ...reportCommands(c),
    ...traceCommands(c),
    ...transcriptCommands(c),
    ...runCommands(c),
    ...reviewCommands(c),
    ...byHandCommands(c),
    ...originCommands(c),
    ...questionCommands(c),
    ...amendmentCommands(c),
    ...steerCommands(c),
    ...approvalCommands(c),
    ...doctorCommands(c),
    ...cleanCommands(c),
    ...historyCommands(c),
    "braid.setApiKey": () => askApiKey(c.context),
    "braid.showModels": () => showModels(c.owner),
    "braid.showLog": async () => c.log.show(),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([id, run]) =>
      vscode.commands.registerCommand(id, (row?: Row) =>
        reportFailures(c.log, async () => {
          // A command is about the run that waits here, if one does.
          await c.look.ready();
          return run(row);
        }),
      ),
    ),
  );
}
