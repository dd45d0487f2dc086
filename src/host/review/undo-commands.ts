import * as vscode from "vscode";
import { placeOf } from "../../core/review/review-comment";
import { partsOf, type FileChoice } from "../../core/review/selection";
import { subtaskState } from "../../core/state/state";
import { isTicked, takeOf } from "../../core/review/ticks";
import type { ReviewFile } from "../../core/review/review";
import { readReview } from "../../run/accept/read-review";
import { asText } from "../as-text";
import { chooseSubtask } from "../choose-subtask";
import type { CommandContext, Commands } from "../command-context";
import { redoInWindow, undoInWindow } from "./undo-in-window";

/** Taking a part of an accept back, and bringing back what an undo took out. */
export function undoCommands(c: CommandContext): Commands {
  return {
    "braid.undoPart": async (row) => {
      const { id, acceptedCommit } = await chooseSubtask(c, row, "accepted");
      const run = c.owner.require();
      const { files, base, commit } = await readReview(run.ports.repo, run.state(), id);
      const decision = subtaskState(run.state(), id)?.decision;
      const taken = decision?.kind === "accepted" ? decision.taken : null;
      const there = files.flatMap((file) =>
        partsIn(file).filter(({ number }) => taken === null || isTicked(takeOf(taken.files, file.path), number)),
      );
      const back = await vscode.window.showQuickPick(there, {
        canPickMany: true,
        title: vscode.l10n.t("Braid: Undo a Part of {0}", id),
        placeHolder: vscode.l10n.t("Tick what is to go back. The rest stays accepted."),
        matchOnDescription: true,
        matchOnDetail: true,
        ignoreFocusOut: true,
      });
      if (back === undefined || back.length === 0) return;
      const choices = files.map(({ path }): FileChoice => ({
        path,
        take: back.filter((each) => each.path === path).map(({ number }) => number),
      }));
      await undoInWindow(run, id, {
        shown: acceptedCommit ?? undefined,
        part: { base, commit, files: choices.filter(({ take }) => take.length > 0), exact: true },
      });
    },
    "braid.redoAccept": async (row) => {
      const { id } = await chooseSubtask(c, row, "redoable");
      await redoInWindow(c.owner.require(), id);
    },
  };
}

/** The parts of a file as rows to pick from; a file that only goes whole is one. */
function partsIn(file: ReviewFile) {
  const row = (number: number, description: string, detail: string) => ({
    label: asText(file.path),
    description,
    detail: asText(detail),
    path: file.path,
    number,
  });
  const parts = partsOf(file);
  if (parts.length === 0) return [row(1, file.status, file.whole ?? "")];
  return parts.map((part) => {
    if (part.kind === "header")
      return row(0, vscode.l10n.t("name or mode"), file.from === undefined ? (file.newMode ?? "") : file.from);
    const { line } = placeOf(part.hunk);
    const first = (kind: "added" | "deleted") =>
      part.hunk.lines
        .find((each) => each.kind === kind)
        ?.text.trim()
        .slice(0, MAX_DETAIL_CHARS);
    const [was, is] = [first("deleted"), first("added")];
    const detail = [was, is].filter((words) => words !== undefined).join(" → ");
    return row(part.number, vscode.l10n.t("line {0}", line), detail);
  });
}

/** The most shown of a line of a hunk, in characters. */
const MAX_DETAIL_CHARS = 100;
