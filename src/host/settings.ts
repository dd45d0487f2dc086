import * as vscode from "vscode";

/** What the user has set, read anew for each run. */
export interface Settings {
  readonly concurrency: number;
  readonly attempts: number;
  /** Another server that speaks the Messages API; undefined for Anthropic's own. */
  readonly baseUrl: string | undefined;
  readonly worktreeDirectory: string | undefined;
}

/** Reads the settings. What decides where the key goes comes from the user's own settings, never from a workspace. */
export function readSettings(): Settings {
  const settings = vscode.workspace.getConfiguration("braid");
  const own = (key: string) => settings.inspect<string>(key)?.globalValue?.trim() || undefined;
  return {
    concurrency: clamp(settings.get("run.concurrency", 4), 1, 64),
    attempts: clamp(settings.get("run.attempts", 2), 1, 10),
    baseUrl: own("model.baseUrl"),
    worktreeDirectory: own("worktree.directory"),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
