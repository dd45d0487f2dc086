import * as vscode from "vscode";
import type { Efforts } from "../core/effort";
import { effortsIn } from "./model-settings";

/** What the user has set, read anew for each run. */
export interface Settings {
  readonly concurrency: number;
  readonly attempts: number;
  /** Another server that speaks the Messages API; undefined for Anthropic's own. */
  readonly baseUrl: string | undefined;
  readonly worktreeDirectory: string | undefined;
  readonly efforts: Efforts;
}

/**
 * Reads the settings. What decides where the key goes, and what is spent, comes from the user's own settings, never from a
 * workspace. Throws `setting.invalid`.
 */
export function readSettings(): Settings {
  const settings = vscode.workspace.getConfiguration("braid");
  const own = (key: string) => settings.inspect<string>(key)?.globalValue?.trim() || undefined;
  return {
    concurrency: clamp(settings.get("run.concurrency", 4), 1, 64),
    attempts: clamp(settings.get("run.attempts", 2), 1, 10),
    baseUrl: own("model.baseUrl"),
    worktreeDirectory: own("worktree.directory"),
    efforts: effortsIn(settings.inspect("roles.effort")?.globalValue),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
