import { amendmentCommands } from "./amendment-commands";
import { askApiKey } from "./model/api-key";
import { byHandCommands } from "./review/by-hand-commands";
import { commentCommands } from "./review/comment-commands";
import type { CommandContext, Commands } from "./command-context";
import { cleanCommands } from "./clean/clean-commands";
import { folderCommands } from "./choose-folder";
import { doctorCommands } from "./doctor/doctor-commands";
import { historyCommands } from "./history/history-commands";
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

/** Every command by its id; gives what carries one out. A command nobody knows is a bug. */
export function commandsOf(c: CommandContext): (id: string, argument: unknown) => Promise<unknown> {
  const commands: Commands = {
    ...commentCommands(c.comments),
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
    ...folderCommands(c),
    ...doctorCommands(c),
    ...cleanCommands(c),
    ...historyCommands(c),
    "braid.setApiKey": () => askApiKey(c.context),
    "braid.showModels": () => showModels(c.owner),
    "braid.getStarted": () => c.welcome.getStarted(),
    "braid.showLog": async () => c.log.show(),
  };
  return async (id, argument) => {
    const run = commands[id];
    if (run === undefined) throw new Error(`Nothing carries ${id} out.`);
    // Menus of our views hand over a row; a command takes it for what it is only after a look.
    return run(argument as Row | undefined);
  };
}
