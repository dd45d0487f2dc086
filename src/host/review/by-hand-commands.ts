import { join } from "node:path";
import * as vscode from "vscode";
import { hasConflictMarkers } from "../../core/review/conflict";
import { subtaskState } from "../../core/state/state";
import type { Run } from "../../run/run";
import { subtasksOf } from "../../core/state/view";
import { openAllDiffs, reviewUri } from "./review-documents";
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
      const run = c.owner.require();
      const { dir, files } = await run.merges.openByHand(id);
      await openConflict(dir, files, sidesOf(run, id), (line) => c.log.warn(line));
      const take = vscode.l10n.t("Accept Resolution");
      const choice = await vscode.window.showInformationMessage(
        vscode.l10n.t(
          "Resolve {0} and save. What stands there then becomes a new result to review.",
          asText(files.join(", ")),
        ),
        take,
      );
      if (choice === take) await takeByHand(c, id);
    },
    "braid.acceptResolution": async (row) => {
      const { id } = await chooseSubtask(c, row, "byHand");
      await takeByHand(c, id);
    },
  };
}

/** Takes what stands there, closes the editors on files that are gone by then, and shows the new result. */
async function takeByHand(c: CommandContext, id: string): Promise<void> {
  const run = c.owner.require();
  const worktree = subtaskState(run.state(), id)?.byHand?.worktree;
  await run.merges.takeByHand(id);
  const gone = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input, isDirty }) => !isDirty && worktree !== undefined && isOn(input, `/${worktree}/`));
  await vscode.window.tabGroups.close(gone, true);
  const resolved = subtasksOf(run.view).find((s) => s.id === id);
  if (resolved !== undefined) await openAllDiffs(resolved);
}

/** Whether a tab edits or merges a file in this folder. A merge editor's type is not in the stable API; it names what it writes. */
function isOn(input: unknown, folder: string): boolean {
  const { uri, result }: { readonly uri?: unknown; readonly result?: unknown } = Object(input);
  return [uri, result].some((each) => each instanceof vscode.Uri && each.path.includes(folder));
}

/** Opens what conflicts in the merge editor, and where that cannot be had in a plain one, which shows the markers. */
async function openConflict(
  dir: string,
  files: readonly string[],
  sides: Sides | undefined,
  log: (line: string) => void,
): Promise<void> {
  await openInGit(vscode.Uri.file(dir)).catch((error: unknown) => log(`${dir} not opened by Git: ${String(error)}`));
  for (const path of files.slice(0, MAX_OPENED)) {
    const uri = vscode.Uri.file(join(dir, path));
    try {
      const document = await vscode.workspace.openTextDocument(uri);
      const isMerge = sides?.conflicted.includes(path) !== true;
      if (isMerge && hasConflictMarkers(document.getText())) await openMergeEditor(uri, path, sides);
      else await vscode.window.showTextDocument(document, { preview: false });
    } catch (error) {
      // A file one side deleted, or no text: git's own view shows it.
      log(`${path}: ${String(error)}`);
    }
  }
}

/** The commits of a merge, for the panes of the merge editor. */
interface Sides {
  readonly id: string;
  readonly base: string;
  readonly branch: { readonly name: string; readonly commit: string };
  readonly result: string;
  /** Files in which markers may be a side's own, which the merge editor would take for its text. */
  readonly conflicted: readonly string[];
}

function sidesOf(run: Run, id: string): Sides | undefined {
  const { target } = run.state();
  const subtask = subtaskState(run.state(), id);
  if (subtask?.base == null || subtask.result === null || subtask.byHand === null) return undefined;
  const branch = { name: target.replace(/^refs\/heads\//u, ""), commit: subtask.byHand.resolving.onto };
  return { id, base: subtask.base, branch, result: subtask.result.commit, conflicted: subtask.conflicted };
}

/**
 * The command is the one VS Code's Git extension opens its merge editor with; that extension itself may not know the folder. Where the
 * command is gone, the extension is asked.
 */
async function openMergeEditor(uri: vscode.Uri, path: string, sides: Sides | undefined): Promise<void> {
  try {
    if (sides === undefined) throw new Error("no sides");
    const { id, base, branch, result } = sides;
    await vscode.commands.executeCommand("_open.mergeEditor", {
      base: reviewUri(path, base),
      input1: {
        uri: reviewUri(path, branch.commit),
        title: branch.name,
        detail: vscode.l10n.t("the branch as it is now"),
      },
      input2: {
        uri: reviewUri(path, result),
        title: asText(id),
        detail: vscode.l10n.t("the result that was not accepted"),
      },
      output: uri,
    });
  } catch {
    await vscode.window.showTextDocument(uri, { preview: false });
    await vscode.commands.executeCommand("git.openMergeEditor", uri);
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
