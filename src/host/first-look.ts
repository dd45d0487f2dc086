import * as vscode from "vscode";
import { hasBraidFolder } from "./braid-folder";

/** Braid's first look into the repository, which costs git work: once, and only when something needs it. */
export interface FirstLook extends vscode.Disposable {
  /** Resolves when it is done; starts it where it has not begun. Before the folder is trusted there is none. */
  ready(): Promise<void>;
}

/**
 * Looks at once where Braid has run before, since a run may wait there and the badge must say so; else when the view is first shown,
 * or when a command asks. `look` never rejects.
 */
export function createFirstLook(
  view: { readonly visible: boolean; readonly onDidShow: vscode.Event<void> },
  look: () => Promise<void>,
): FirstLook {
  let looked: Promise<void> | undefined;
  const ready = async (): Promise<void> => {
    // Before trust nothing runs, not even git.
    if (!vscode.workspace.isTrusted) return;
    looked ??= look();
    await looked;
  };
  const mayWait = async (): Promise<void> => {
    if (view.visible || (await mayRunWait())) await ready();
  };
  void mayWait();
  const listeners = [
    view.onDidShow(() => void ready()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void mayWait()),
  ];
  return { ready, dispose: () => listeners.forEach((listener) => listener.dispose()) };
}

/** Whether Braid has run in this folder before, so that a run may wait. No before the folder is trusted. */
export async function mayRunWait(): Promise<boolean> {
  if (!vscode.workspace.isTrusted) return false;
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
  const found = await Promise.all(folders.map((folder) => hasBraidFolder(folder.uri.fsPath)));
  return found.includes(true);
}
