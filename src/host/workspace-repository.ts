import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { openRepository, type Repository } from "../git/repository";

/** The repository of the workspace folder in use. Throws `repo.missing`, and `run.state` before the folder is trusted. */
export async function workspaceRepository(): Promise<Repository> {
  requireTrust();
  const folder = workspaceFolder();
  if (folder === undefined)
    throw new BraidError(
      failure("repo.missing", "No folder is open.", { hint: "Open a folder that is a git repository." }),
    );
  if (folder.uri.scheme !== "file")
    throw new BraidError(
      failure("repo.missing", `${folder.name} is not on this machine's disk.`, {
        hint: "Open a local or remote folder with git.",
      }),
    );
  return openRepository(folder.uri.fsPath);
}

/** The folder in use: that of the document on screen, else the first. */
export function workspaceFolder(): vscode.WorkspaceFolder | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  const folder = active === undefined ? undefined : vscode.workspace.getWorkspaceFolder(active);
  return folder ?? vscode.workspace.workspaceFolders?.[0];
}

/** Throws `run.state` in a folder the user does not trust. */
export function requireTrust(): void {
  if (!vscode.workspace.isTrusted)
    throw new BraidError(
      failure("run.state", "Braid runs nothing in a folder you do not trust.", {
        hint: "Trust the folder first (Workspaces: Manage Workspace Trust).",
      }),
    );
}
