import * as vscode from "vscode";
import type { RunOwner } from "./run-owner";

/** Keeps the context keys that menus and welcome views ask for: `braid.phase`, `braid.hasRun`, `braid.waiting`. */
export function keepContextKeys(owner: RunOwner): vscode.Disposable {
  const shown = new Map<string, unknown>();
  const set = (key: string, value: unknown): void => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  };
  const update = (): void => {
    const { view } = owner;
    set("braid.phase", view?.phase ?? "none");
    set("braid.hasRun", view !== undefined);
    set("braid.waiting", view?.waiting ?? 0);
  };
  update();
  return owner.onDidChange(update);
}
