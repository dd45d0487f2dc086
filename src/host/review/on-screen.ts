import * as vscode from "vscode";
import { subtasksOf } from "../../core/state/view";
import type { RunOwner } from "../run-owner";
import { reviewPlace } from "./review-documents";

/** The result an editor shows: one file of it, or with `path` null all of them in the multi-diff editor. */
export interface OnScreen {
  readonly subtask: string;
  readonly path: string | null;
}

/** The result the active editor shows; undefined where it shows something else. */
export function resultOnScreen(): OnScreen | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff) return reviewPlace(input.modified);
  for (const uri of sidesOfAll(input)) {
    const place = reviewPlace(uri);
    if (place !== undefined) return { subtask: place.subtask, path: null };
  }
  return undefined;
}

/** The documents of a multi-diff editor. Its type is not in the stable API yet, but what it holds is what a diff editor's does. */
function sidesOfAll(input: unknown): readonly vscode.Uri[] {
  const diffs: unknown = typeof input === "object" && input !== null ? Reflect.get(input, "textDiffs") : undefined;
  return Array.isArray(diffs)
    ? diffs.flatMap((diff: unknown) => {
        const sides: { readonly modified?: unknown; readonly original?: unknown } = Object(diff);
        return [sides.modified, sides.original].filter((side) => side instanceof vscode.Uri);
      })
    : [];
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
    const decision = subtask?.reviewable ? "open" : subtask?.acceptedCommit != null ? "accepted" : "other";
    const [key, whole] = [subtask === undefined ? "" : decision, on?.path === null];
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
