import * as vscode from "vscode";
import type { SubtaskView } from "../../core/state/subtask-view";
import { subtasksOf } from "../../core/state/view";
import type { RunOwner } from "../run-owner";
import { reviewPlace } from "./review-documents";

/** The result an editor shows: one file of it, or with `path` null all of them in the multi-diff editor. */
export interface OnScreen {
  readonly subtask: string;
  readonly path: string | null;
  /** The result's commit; of one that only deletes files, in the multi-diff editor, its base. */
  readonly commit: string;
}

/** Whether an editor shows the result as it is now, and neither an earlier one nor another run's. */
export function isCurrent({ commit }: Pick<OnScreen, "commit">, subtask: SubtaskView): boolean {
  const deletesAll = subtask.files.every(({ status }) => status === "deleted");
  return commit === subtask.commit || (deletesAll && commit === subtask.base);
}

/** The result the active editor shows; undefined where it shows something else. */
export function resultOnScreen(): OnScreen | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff) return reviewPlace(input.modified);
  for (const uri of sidesOfAll(input)) {
    const place = reviewPlace(uri);
    if (place !== undefined) return { ...place, path: null };
  }
  return undefined;
}

/**
 * The documents of a multi-diff editor, those of the result first. Its type is not in the stable API yet, but what it holds is what a diff
 * editor's does.
 */
function sidesOfAll(input: unknown): readonly vscode.Uri[] {
  const found: unknown = typeof input === "object" && input !== null ? Reflect.get(input, "textDiffs") : undefined;
  const diffs: readonly { readonly modified?: unknown; readonly original?: unknown }[] = Array.isArray(found)
    ? found.map(Object)
    : [];
  return [...diffs.map(({ modified }) => modified), ...diffs.map(({ original }) => original)].filter(
    (side) => side instanceof vscode.Uri,
  );
}

/**
 * Keeps the context key `braid.onScreen` for the buttons of an editor's title bar: where the decision about the result in the active
 * editor stands ("open", "accepted", "other"), empty where none is shown; and `braid.onScreenWhole` for the multi-diff editor.
 */
export function keepOnScreen(owner: RunOwner): vscode.Disposable {
  let shown = "";
  const update = (): void => {
    const { view } = owner;
    const on = resultOnScreen();
    const subtask = view === undefined ? undefined : subtasksOf(view).find(({ id }) => id === on?.subtask);
    const [key, whole] = [on === undefined || subtask === undefined ? "" : standing(on, subtask), on?.path === null];
    if (`${key} ${String(whole)}` === shown) return;
    shown = `${key} ${String(whole)}`;
    void vscode.commands.executeCommand("setContext", "braid.onScreen", key);
    void vscode.commands.executeCommand("setContext", "braid.onScreenWhole", whole);
  };
  update();
  const listening = [
    owner.onDidChange(update),
    vscode.window.tabGroups.onDidChangeTabs(update),
    vscode.window.tabGroups.onDidChangeTabGroups(update),
  ];
  return { dispose: () => listening.forEach((each) => each.dispose()) };
}

/** What was not looked at is not decided about. */
function standing(on: OnScreen, subtask: SubtaskView): "open" | "accepted" | "other" {
  if (!isCurrent(on, subtask)) return "other";
  return subtask.reviewable ? "open" : subtask.acceptedCommit !== null ? "accepted" : "other";
}
