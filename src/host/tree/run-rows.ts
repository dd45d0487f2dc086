import { posix } from "node:path";
import * as vscode from "vscode";
import { contextPercent, type ContextUse } from "../../core/context-use";
import { tokenText } from "../../core/gate/gate-text";
import type { ChangedFile } from "../../core/state/events";
import { mostAtOnce } from "../../core/plan/claims";
import { describeSetup, setupTrouble } from "../../core/setup";
import type { RunView } from "../../core/state/view";
import { isAtWork, type SubtaskView } from "../../core/state/subtask-view";
import { visibleText } from "../../core/visible";
import { asText, asTooltip } from "../as-text";
import type { AmendmentRow } from "./amendment-rows";
import { reviewUri } from "../review/review-documents";
import { stalledIcon, statusIcon, statusWord } from "./status-icon";

/** A row of the tree; the same object for the same row, so that VS Code keeps selection and expansion. */
export type Row =
  | { readonly kind: "wave"; readonly wave: number }
  | { readonly kind: "subtask"; readonly id: string; readonly wave: number }
  | { readonly kind: "file"; readonly subtask: string; readonly path: string }
  | { readonly kind: "approval"; readonly key: string }
  | AmendmentRow;

/** The row of a wave. */
export function waveItem(number: number, subtasks: readonly SubtaskView[], proposed: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Wave {0}", number), vscode.TreeItemCollapsibleState.Expanded);
  const settled = settledIn(subtasks);
  item.id = `wave-${number}`;
  item.description = proposed ? proposedWave(subtasks) : `${settled}/${subtasks.length}`;
  item.contextValue = "wave";
  item.accessibilityInformation = {
    label: vscode.l10n.t("Wave {0}, {1} of {2} subtasks ended", number, settled, subtasks.length),
  };
  return item;
}

/** How many of a wave's subtasks wait for nobody and work no more. */
export function settledIn(subtasks: readonly SubtaskView[]): number {
  return subtasks.filter((s) => !isAtWork(s) && !["queued", "blocked", "interrupted"].includes(s.status)).length;
}

function proposedWave(subtasks: readonly SubtaskView[]): string {
  const { length: count } = subtasks;
  if (count === 1) return vscode.l10n.t("1 subtask");
  const most = mostAtOnce(subtasks.map(({ role, scope }) => ({ agent: role, files: [...scope] })));
  if (most === count) return vscode.l10n.t("{0} in parallel", count);
  return most === 1
    ? vscode.l10n.t("{0} one after the other", count)
    : vscode.l10n.t("{0}, at most {1} in parallel", count, most);
}

/** What the row of a subtask shows beside the subtask. */
export interface SubtaskRowFacts {
  /** What its worker did last. */
  readonly activity: string | undefined;
  /** Whether its result would conflict with the target as it stands. */
  readonly conflicts: boolean;
  /** Set where the plan waits for approval: whether this subtask is to be part of it. */
  readonly proposed: { readonly ticked: boolean } | undefined;
}

/** The row of a subtask. */
export function subtaskItem(s: SubtaskView, { activity, conflicts, proposed }: SubtaskRowFacts): vscode.TreeItem {
  const state = s.files.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
  const item = new vscode.TreeItem(asText(s.id), state);
  const word = statusWord(s.status);
  const attempt = s.attempt > 1 ? ` · ${vscode.l10n.t("attempt {0}", s.attempt)}` : "";
  item.id = `subtask-${s.id}`;
  item.iconPath = s.stalled ? stalledIcon() : statusIcon(s.status);
  if (proposed !== undefined) {
    const state = proposed.ticked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
    item.checkboxState = { state, tooltip: vscode.l10n.t("Untick to leave {0} out of the run", s.id) };
  }
  item.description = asText(proposed !== undefined ? proposedText(s) : standing(s, word, activity));
  item.contextValue = contextOf(s, proposed !== undefined, conflicts);
  const asks = s.status === "asks" || s.stalled ? `, ${s.reason ?? ""}` : "";
  item.accessibilityInformation = { label: asText(`${s.id}, ${word}, ${s.role}${attempt}${asks}`) };
  item.tooltip = asTooltip(tooltipOf(s));
  item.command = {
    command: proposed === undefined ? "braid.openReview" : "braid.showPlanned",
    title: vscode.l10n.t("Open"),
    arguments: [{ kind: "subtask", id: s.id, wave: s.wave }],
  };
  return item;
}

/** Words by which menus know what fits the row. */
function contextOf(s: SubtaskView, proposed: boolean, conflicts: boolean): string {
  const words = [
    "subtask",
    proposed ? "proposed" : s.status,
    ...(s.reviewable ? ["reviewable"] : []),
    ...(s.files.length > 0 ? ["changed"] : []),
    ...(s.files.length > 0 && s.attempt > 1 ? ["again"] : []),
    ...(s.rejectedBeneath.length > 0 ? ["cascade"] : []),
    ...(s.reviewable && conflicts ? ["conflicts"] : []),
    ...(s.byHand ? ["by-hand"] : []),
    ...(s.redoable ? ["redoable"] : []),
  ];
  return words.join(" ");
}

/** What can be edited before the approval, without what is long. */
function proposedText(s: SubtaskView): string {
  const after = s.dependencies.length === 0 ? [] : [vscode.l10n.t("after {0}", s.dependencies.join(", "))];
  const model = s.model === null ? [] : [s.model];
  return [s.role, ...model, ...after, ...(s.objective === s.id ? [] : [s.objective])].join(" · ");
}

/** What a row says behind its name. A question comes before the role: the end of a row may be out of sight. */
function standing(s: SubtaskView, word: string, activity: string | undefined): string {
  const attempt = s.attempt > 1 ? ` · ${vscode.l10n.t("attempt {0}", s.attempt)}` : "";
  const now = `${fullness(s)}${nowOf(s, activity)}`;
  return TELLING.has(s.status) || s.stalled
    ? `${word}${now} · ${s.role}${attempt}`
    : `${word} · ${s.role}${attempt}${now}`;
}

/** How full the worker's context is, once it is worth a look. */
function fullness(s: SubtaskView): string {
  const percent = isAtWork(s) && s.context !== null ? contextPercent(s.context) : 0;
  return percent < WORTH_A_LOOK_PERCENT ? "" : ` · ${vscode.l10n.t("context {0} %", percent)}`;
}

/** From half on; at three quarters a conversation is made shorter. */
const WORTH_A_LOOK_PERCENT = 50;

/** What a row says in so many words: what an agent wants to know, and why a result is not plainly good or cannot start. */
const TELLING: ReadonlySet<SubtaskView["status"]> = new Set(["asks", "review", "blocked", "interrupted"]);

/** What its worker does now, or wants to know, and what to know of its result. */
function nowOf({ status, reason, setup }: SubtaskView, activity: string | undefined): string {
  const told = status === "running" ? [reason, activity] : [TELLING.has(status) ? reason : undefined];
  const said = told.filter((each) => each !== undefined && each !== null && each !== "").join(" · ");
  const trouble = setupTrouble(setup) === undefined ? "" : ` · ${vscode.l10n.t("set-up failed")}`;
  return said === "" ? trouble : `${trouble} · ${said}`;
}

/** Plain text: none of it is ours. */
function tooltipOf(s: SubtaskView): string {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? "" : `${title}\n${items.map((item) => `  ${item}`).join("\n")}`;
  return [
    s.objective,
    s.reason ?? "",
    s.restsOn.length === 0 ? "" : vscode.l10n.t("Built on {0}", s.restsOn.join(", ")),
    s.context === null || !isAtWork(s) ? "" : contextLine(s.context, s.compactions),
    s.report?.summary ?? "",
    s.setup === null ? "" : vscode.l10n.t("Worktree {0}", describeSetup(s.setup)),
    list(
      vscode.l10n.t("Overlaps with:"),
      s.overlaps.map(({ with: other, kind, files }) =>
        kind === "conflict"
          ? vscode.l10n.t("{0}: conflict in {1}", other, files.join(", "))
          : vscode.l10n.t("{0}: same files, {1}", other, files.join(", ")),
      ),
    ),
    list(
      vscode.l10n.t("May overlap, as planned, with:"),
      s.plannedOverlaps.map(({ with: other, files }) => `${other}: ${files.join(", ")}`),
    ),
    list(vscode.l10n.t("May change:"), s.scope),
    list(vscode.l10n.t("Verified in the sandbox by:"), s.verify),
    list(vscode.l10n.t("Instructions it was given:"), s.instructions),
    list(vscode.l10n.t("Notes it wrote:"), s.notes),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function contextLine(use: ContextUse, compactions: number): string {
  const filled = vscode.l10n.t(
    "Context {0} % full: {1} of {2} tokens",
    contextPercent(use),
    tokenText(use.tokens),
    tokenText(use.window),
  );
  return compactions === 0 ? filled : `${filled} · ${vscode.l10n.t("made shorter {0}×", compactions)}`;
}

/** The row of a changed file. */
export function fileItem(row: Row & { kind: "file" }, subtask: SubtaskView, file: ChangedFile): vscode.TreeItem {
  const item = new vscode.TreeItem(reviewUri(file.path, subtask.commit));
  const counts = file.added === undefined ? vscode.l10n.t("binary") : `+${file.added} −${file.deleted ?? 0}`;
  // The name the place would give the row shows nothing of what cannot be seen.
  item.label = asText(posix.basename(file.path), "code");
  item.tooltip = asTooltip(visibleText(file.path, "code"));
  item.id = `file-${row.subtask}-${row.path}`;
  item.description = `${file.status === "modified" ? "" : `${file.status} `}${counts}`;
  item.contextValue = "file";
  item.command = { command: "braid.openFileDiff", title: vscode.l10n.t("Open Changes"), arguments: [row] };
  item.accessibilityInformation = { label: `${asText(file.path, "code")}, ${file.status}, ${counts}` };
  return item;
}

/** Tells rows apart. */
export function keyOf(row: Row): string {
  switch (row.kind) {
    case "wave":
      return `w${row.wave}`;
    case "subtask":
      return `s${row.id}`;
    case "file":
      return `f${row.subtask}\0${row.path}`;
    case "approval":
      return `a${row.key}`;
    case "amendment":
      return `m${row.number}`;
    case "change":
      return `c${row.number}.${row.index}`;
  }
}

/** What must differ for all rows to be drawn anew. */
export function shape(view: RunView): string {
  const asked = view.approvals.map((one) => one.key).join(",");
  const { open } = view.amendments;
  const amendment = open === null ? "" : `${open.number} ${open.problem ?? ""}`;
  const ids = asked + amendment + view.waves.map((wave) => wave.subtasks.map((s) => s.id).join(",")).join(";");
  // A proposed plan reads differently in every row.
  return view.phase === "proposed" ? `proposed ${ids}` : ids;
}

/** What must differ for one row to be drawn anew. */
export function signature(s: SubtaskView | undefined): string {
  return s === undefined
    ? ""
    : JSON.stringify([
        s.status,
        s.reason,
        s.attempt,
        s.commit,
        s.reviewable,
        s.rejectedBeneath,
        s.redoable,
        s.byHand,
        s.leftOut,
        isAtWork(s) && s.context !== null ? contextPercent(s.context) : 0,
        s.compactions,
        s.overlaps,
        proposedText(s),
        s.scope,
        s.verify,
      ]);
}
