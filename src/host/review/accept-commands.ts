import { conflictToResolve } from "../../run/accept/resolving";
import { acceptInWindow } from "./accept-in-window";
import { acceptAllPassing } from "./accept-passing";
import { askMessage } from "../ask-message";
import { chooseSubtask } from "../choose-subtask";
import type { CommandContext, Commands } from "../command-context";
import { undoCommands } from "./undo-commands";
import { undoInWindow } from "./undo-in-window";
import { marksOf } from "./mark-store";

/** What moves the branch, or makes a result fit for that. */
export function acceptCommands(c: CommandContext): Commands {
  return {
    "braid.accept": async (row) => {
      const subtask = await chooseSubtask(c, row, "reviewable");
      const run = c.owner.require();
      const marks = marksOf(c.owner.memento, run);
      await acceptInWindow(run, subtask.id, { shown: subtask.commit ?? undefined, marks });
    },
    "braid.acceptWithMessage": async (row) => {
      const subtask = await chooseSubtask(c, row, "reviewable");
      const run = c.owner.require();
      const marks = marksOf(c.owner.memento, run);
      const message = await askMessage(run, subtask.id);
      await acceptInWindow(run, subtask.id, { shown: subtask.commit ?? undefined, marks, message });
    },
    "braid.acceptWithoutHooks": async (row) => {
      const subtask = await chooseSubtask(c, row, "reviewable");
      const run = c.owner.require();
      const marks = marksOf(c.owner.memento, run);
      await acceptInWindow(run, subtask.id, { shown: subtask.commit ?? undefined, marks, customs: "off" });
    },
    "braid.acceptAllPassing": () => acceptAllPassing(c.owner.require()),
    ...undoCommands(c),
    "braid.undoAccept": async (row) => {
      const subtask = await chooseSubtask(c, row, "accepted");
      await undoInWindow(c.owner.require(), subtask.id, { shown: subtask.acceptedCommit ?? undefined });
    },
    "braid.undoWithoutHooks": async (row) => {
      const subtask = await chooseSubtask(c, row, "accepted");
      const shown = subtask.acceptedCommit ?? undefined;
      await undoInWindow(c.owner.require(), subtask.id, { shown, customs: "off" });
    },
    "braid.resolveConflict": async (row) => {
      const run = c.owner.require();
      const { id } = await chooseSubtask(c, row, "reviewable");
      await run.retry(id, undefined, "user", { resolve: await conflictToResolve(run.ports.repo, run.state(), id) });
    },
  };
}
