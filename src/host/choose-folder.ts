import * as vscode from "vscode";
import type { CommandContext, Commands } from "./command-context";
import { useFolder, workspaceFolder } from "./workspace-repository";

/** Where a window has several folders: which of them commands, History and new runs are about. */
export function folderCommands(c: CommandContext): Commands {
  return {
    "braid.chooseFolder": async () => {
      const folder = await vscode.window.showWorkspaceFolderPick({
        placeHolder: vscode.l10n.t("Which folder are new runs for? Now: {0}", workspaceFolder()?.name ?? "–"),
      });
      if (folder === undefined) return;
      await switchFolder(c, folder);
    },
  };
}

/** Makes a folder the one that commands, History and new runs are about. */
export async function switchFolder(c: CommandContext, folder: vscode.WorkspaceFolder): Promise<void> {
  useFolder(folder, c.context.workspaceState);
  c.history.refresh();
  await c.welcome.look();
  // A run may wait there; one that is open here stays.
  await c.owner.restore();
}
