import * as vscode from "vscode";
import type { GateOptions } from "../../core/gate/gate";
import { openRepository, readHead } from "../../git/repository";
import { gateOptions, workerFor } from "../../run/planning/gate-options";
import { loadUserRoles } from "../../run/attempt/user-roles";
import { readPrices, readSettings } from "../settings";

/** What a plan is judged, completed and explained by. */
export interface PlanFacts extends GateOptions {
  /** Users' own roles, with what their files say about them. */
  readonly ownRoles: ReadonlyMap<string, string>;
  readonly knownRoles: readonly string[];
}

/** The facts of the folder a plan is in. Git is asked only in a folder the user trusts; what cannot be read is left out. */
export async function planFacts(uri: vscode.Uri): Promise<PlanFacts> {
  const { concurrency } = readSettings();
  const folder = vscode.workspace.getWorkspaceFolder(uri) ?? vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined || folder.uri.scheme !== "file" || !vscode.workspace.isTrusted)
    return { workers: concurrency, workerFor, ownRoles: new Map(), knownRoles: [] };
  const [gate, ownRoles] = await Promise.all([
    gateOptions(folder.uri.fsPath, concurrency, readPrices()),
    ownRolesOf(folder.uri.fsPath),
  ]);
  return { ...gate, ownRoles, knownRoles: [...ownRoles.keys()] };
}

/** As the commit HEAD names defines them, which is what a run would use. */
async function ownRolesOf(dir: string): Promise<ReadonlyMap<string, string>> {
  try {
    const repo = await openRepository(dir);
    const roles = await loadUserRoles(repo, (await readHead(repo)).commit);
    return new Map([...roles].map(([name, { description }]) => [name, description]));
  } catch {
    return new Map();
  }
}
