import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { openRepository, type Repository } from "../git/repository";
import { isRunId, journalPath } from "../run/log/places";

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

/** The repository of the folder a document is in, also where another one is in use. Throws as {@link workspaceRepository} does. */
export async function repositoryAround(document: vscode.Uri): Promise<Repository> {
  const own = vscode.workspace.getWorkspaceFolder(document);
  if (own?.uri.scheme !== "file") return workspaceRepository();
  requireTrust();
  return openRepository(own.uri.fsPath);
}

/** The repository that has a run, of all folders of the window: the folder in use may be another by now. Throws as {@link workspaceRepository} does where none has it. */
export async function repositoryOf(run: string): Promise<Repository> {
  const inUse = workspaceFolder();
  const others = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder !== inUse);
  if (inUse === undefined || others.length === 0 || !isRunId(run)) return workspaceRepository();
  requireTrust();
  for (const { uri } of [inUse, ...others]) {
    const repo = uri.scheme === "file" ? await openRepository(uri.fsPath).catch(() => undefined) : undefined;
    if (repo !== undefined && existsSync(journalPath(repo, run))) return repo;
  }
  return workspaceRepository();
}

/** The folder in use: the one chosen, else that of the document on screen, else the first that holds a repository, else the first. */
export function workspaceFolder(): vscode.WorkspaceFolder | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const active = vscode.window.activeTextEditor?.document.uri;
  return (
    folders.find(({ uri }) => uri.toString() === chosen) ??
    (active === undefined ? undefined : vscode.workspace.getWorkspaceFolder(active)) ??
    folders.find(({ uri }) => uri.scheme === "file" && existsSync(join(uri.fsPath, ".git"))) ??
    folders[0]
  );
}

let chosen: string | undefined;
const CHOSEN = "braid.folder";

/** Makes a folder the one in use, in this window and after it is opened again. */
export function useFolder({ uri }: vscode.WorkspaceFolder, kept: vscode.Memento): void {
  chosen = uri.toString();
  void kept.update(CHOSEN, chosen);
}

/** Takes up what was chosen when the window was last open. */
export function recallFolder(kept: vscode.Memento): void {
  chosen = kept.get<string>(CHOSEN);
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
