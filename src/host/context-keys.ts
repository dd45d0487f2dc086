import * as vscode from "vscode";
import { canResume } from "./can-resume";
import type { RunOwner } from "./run-owner";

/** Keeps the context keys that menus and welcome views ask for: `braid.phase`, `braid.hasRun`, `braid.waiting` (results to decide about), `braid.questions`, `braid.amendment` (the number of the one that waits), `braid.approvals` (commands that wait for a word), `braid.canResume`. */
export function keepContextKeys(owner: RunOwner): vscode.Disposable {
  const shown = new Map<string, unknown>();
  const set = (key: string, value: unknown): void => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  };
  const update = (): void => {
    const { view, isPlanning } = owner;
    set("braid.phase", isPlanning ? "planning" : (view?.phase ?? "none"));
    set("braid.canResume", canResume(view, isPlanning));
    set("braid.hasRun", view !== undefined);
    set("braid.waiting", view?.results ?? 0);
    set("braid.amendment", view?.amendments.open?.number ?? 0);
    set("braid.questions", view?.questions.length ?? 0);
    set("braid.approvals", view?.approvals.length ?? 0);
  };
  update();
  return owner.onDidChange(update);
}
