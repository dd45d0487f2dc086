import * as vscode from "vscode";
import { canResume } from "./can-resume";
import type { RunOwner } from "./run-owner";

/** Keeps the context keys that menus and welcome views ask for: `braid.phase`, `braid.pausing` (workers go on, and nothing else begins), `braid.hasRun`, `braid.waiting` (results to decide about), `braid.accepted` (results in the branch), `braid.questions`, `braid.amendment` (the number of the one that waits), `braid.approvals` (commands that wait for a word), `braid.canResume`, `braid.readOnly` (the run is only shown here; its phase is then `shown`). */
export function keepContextKeys(owner: RunOwner): vscode.Disposable {
  const shown = new Map<string, unknown>();
  const set = (key: string, value: unknown): void => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  };
  const update = (): void => {
    const { view, isPlanning } = owner;
    const isShown = owner.shown !== undefined;
    set("braid.phase", isPlanning ? "planning" : isShown ? "shown" : (view?.phase ?? "none"));
    set("braid.pausing", !isShown && view?.phase === "running" && view.paused);
    set("braid.readOnly", isShown);
    set("braid.canResume", !isShown && canResume(view, isPlanning));
    set("braid.hasRun", view !== undefined);
    set("braid.waiting", view?.results ?? 0);
    set("braid.accepted", view?.counts.accepted ?? 0);
    set("braid.amendment", view?.amendments.open?.number ?? 0);
    set("braid.questions", view?.questions.length ?? 0);
    set("braid.approvals", view?.approvals.length ?? 0);
  };
  update();
  return owner.onDidChange(update);
}
