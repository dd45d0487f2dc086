import { join } from "node:path";
import * as vscode from "vscode";
import { hasConflictMarkers } from "../../core/review/conflict";
import { asText } from "../as-text";
import { chooseSubtask } from "../choose-subtask";
import type { CommandContext, Commands } from "../command-context";

/** Files opened at once; the rest is in the source control view. */
const MAX_OPENED = 5;

/** Resolving a conflict oneself, in VS Code's own tools. */
export function byHandCommands(c: CommandContext): Commands {
  return {
    "braid.resolveByHand": async (row) => {
      const { id } = await chooseSubtask(c, row, "reviewable");
      const { dir, files } = await c.owner.require().merges.openByHand(id);
      await openConflict(dir, files, (line) => c.log.warn(line));
      const take = vscode.l10n.t("Accept Resolution");
      const choice = await vscode.window.showInformationMessage(
        vscode.l10n.t(
          "Resolve {0} and save. What stands there then becomes a new result to review.",
          asText(files.join(", ")),
        ),
        take,
      );
      if (choice === take) await c.owner.require().merges.takeByHand(id);
    },
    "braid.acceptResolution": async (row) => {
      const { id } = await chooseSubtask(c, row, "reviewable");
      await c.owner.require().merges.takeByHand(id);
    },
  };
}

/** Opens what conflicts in the merge editor, and where that cannot be had in a plain one, which shows the markers. */
async function openConflict(dir: string, files: readonly string[], log: (line: string) => void): Promise<void> {
  await openInGit(vscode.Uri.file(dir)).catch((error: unknown) => log(`${dir} not opened by Git: ${String(error)}`));
  for (const path of files.slice(0, MAX_OPENED)) {
    const uri = vscode.Uri.file(join(dir, path));
    try {
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: false });
      if (hasConflictMarkers(document.getText())) await vscode.commands.executeCommand("git.openMergeEditor", uri);
    } catch (error) {
      // A file one side deleted, or no text: git's own view shows it.
      log(`${path}: ${String(error)}`);
    }
  }
}

/** Has VS Code's Git extension know the folder, so that its merge editor and its source control view work there. */
async function openInGit(folder: vscode.Uri): Promise<void> {
  const extension = vscode.extensions.getExtension<GitExtension>("vscode.git");
  if (extension === undefined) return;
  const git = extension.isActive ? extension.exports : await extension.activate();
  await git.getAPI(1).openRepository(folder);
}

/** What is used of the Git extension's public interface. */
interface GitExtension {
  getAPI(version: 1): { openRepository(root: vscode.Uri): Promise<unknown> };
}
