import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { staleRefusal } from "../core/review/decide-accept";
import { isAtWork, type SubtaskView } from "../core/state/subtask-view";
import { subtasksOf } from "../core/state/view";
import type { CommandContext } from "./command-context";
import { ReviewPanel } from "./review/review-panel";
import type { ReviewSource } from "../protocol/review-source";
import { shownSourceOf } from "./review/shown-source";
import { reviewSourceOf } from "./review/review-source";
import { isCurrent, resultOnScreen, type OnScreen } from "./review/on-screen";
import { reviewPlace } from "./review/review-documents";
import type { Row } from "./tree/run-rows";
import { asText } from "./as-text";

/** What a command can be about. */
const FITS = {
  reviewable: (s: SubtaskView) => s.reviewable,
  accepted: (s: SubtaskView) => s.acceptedCommit !== null,
  changed: (s: SubtaskView) => s.files.length > 0,
  redoable: (s: SubtaskView) => s.redoable,
  byHand: (s: SubtaskView) => s.byHand,
  cascaded: (s: SubtaskView) => s.reviewable && s.rejectedBeneath.length > 0,
  freeable: (s: SubtaskView) => s.rejectedBeneath.length > 0,
  ended: (s: SubtaskView) => s.endedAt !== null,
  atWork: isAtWork,
  begun: (s: SubtaskView) => s.attempt > 0,
} as const;

/** What is decided about, and so is what was seen. */
const DECIDED: ReadonlySet<keyof typeof FITS> = new Set(["reviewable", "accepted", "cascaded"]);

/**
 * The subtask a command means: the row it was called on, the one on screen in the panel, or one the user picks. Throws `run.state` where there
 * is none, or where an editor shows another result of it than the one that would be decided about; `cancelled`.
 */
export async function chooseSubtask(
  c: CommandContext,
  row: Row | undefined,
  what: keyof typeof FITS,
): Promise<SubtaskView> {
  const source = sourceOf(c, what);
  const fitting = subtasksOf(source.view).filter(FITS[what]);
  const onScreen = editedResult(row);
  const named =
    onScreen?.subtask ?? (row === undefined ? ReviewPanel.open?.selectedIn(source) : c.tree.subtaskOf(row)?.id);
  const found =
    fitting.find((s) => s.id === named) ??
    (row === undefined && onScreen === undefined && fitting.length === 1 ? fitting[0] : undefined);
  if (found !== undefined && onScreen?.subtask === found.id && DECIDED.has(what) && !isCurrent(onScreen, found))
    throw new BraidError(staleRefusal(found.id));
  if (found !== undefined) return found;
  // From the palette what is on screen is a guess: where it does not fit, the user picks.
  if (fitting.length === 0 || row !== undefined)
    throw new BraidError(
      failure("run.state", "There is no such subtask now.", {
        hint: what === "atWork" ? "No worker is at it." : "Wait for a worker to finish.",
      }),
    );
  const choice = await vscode.window.showQuickPick(
    fitting.map((s) => ({
      label: asText(s.id),
      description: asText(s.role),
      detail: asText(s.report?.summary ?? s.objective),
      id: s.id,
    })),
    { title: vscode.l10n.t("Braid: Which subtask?") },
  );
  const picked = fitting.find((s) => s.id === choice?.id);
  if (picked === undefined) throw new BraidError(failure("cancelled", "Cancelled."));
  return picked;
}

/** The run a command is about; one that is only shown can be looked at. Throws `run.busy`, `run.unknown`. */
function sourceOf({ owner }: CommandContext, what: keyof typeof FITS): ReviewSource {
  if (owner.shown !== undefined && (what === "changed" || what === "begun")) return shownSourceOf(owner, owner.shown);
  return reviewSourceOf(owner, owner.require());
}

/** The result whose diff an editor shows: the one whose title bar a command was called from, or else the one on screen. */
function editedResult(from: unknown): Pick<OnScreen, "subtask" | "commit"> | undefined {
  const place = from instanceof vscode.Uri ? reviewPlace(from) : undefined;
  return place ?? (from === undefined || from instanceof vscode.Uri ? resultOnScreen() : undefined);
}
