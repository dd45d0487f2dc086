import * as vscode from "vscode";
import { AMENDMENT_POLICIES, type AmendmentPolicy } from "../core/amendment/amendment-policy";
import type { Efforts } from "../core/effort";
import { stallMinutes, type StallMinutes } from "../core/stall";
import { mergeKindOf, type MergeKind } from "../core/review/merge-kind";
import type { WebDomains } from "../core/web";
import { PRICES, type PriceRule } from "../model/prices";
import { effortsIn, pricesIn, webDomainsIn } from "./model/model-settings";

/** What the user has set, read anew for each run. */
export interface Settings {
  readonly concurrency: number;
  readonly attempts: number;
  /** What happens to amendments of a plan. */
  readonly amendments: AmendmentPolicy;
  /** How long agents may stand still. */
  readonly stalls: StallMinutes;
  /** How accepted results go in. */
  readonly merge: MergeKind;
  /** Another server that speaks the Messages API; undefined for Anthropic's own. */
  readonly baseUrl: string | undefined;
  readonly worktreeDirectory: string | undefined;
  /** What becomes of a worker's commands where there is no sandbox. */
  readonly withoutSandbox: "ask" | "refuse";
  /** The user's own set-up commands for new worktrees. */
  readonly worktreeSetup: readonly string[];
  /** VS Code's own globs of ignored files a new worktree gets. */
  readonly worktreeInclude: readonly string[];
}

/** What the user has set about models. */
export interface ModelSettings {
  readonly efforts: Efforts;
  readonly prices: readonly PriceRule[];
  /** Where agents may look in the web; undefined for nowhere. */
  readonly web: WebDomains | undefined;
}

/** Reads the settings. What decides where the key goes and what runs unasked comes from the user's own settings, never from a workspace. */
export function readSettings(): Settings {
  const settings = vscode.workspace.getConfiguration("braid");
  const own = (key: string) => textOf(settings.inspect(key)?.globalValue);
  return {
    concurrency: clamp(settings.get("run.concurrency"), 4, [1, 64]),
    attempts: clamp(settings.get("run.attempts"), 2, [1, 10]),
    amendments: AMENDMENT_POLICIES.find((policy) => policy === own("run.amendments")) ?? "ask",
    stalls: {
      tool: stallMinutes(settings.inspect("stalls.toolMinutes")?.globalValue),
      turn: stallMinutes(settings.inspect("stalls.turnMinutes")?.globalValue),
    },
    merge: mergeKindOf(settings.get("review.merge")) ?? "squash",
    baseUrl: own("model.baseUrl"),
    worktreeDirectory: own("worktree.directory"),
    withoutSandbox: own("shell.withoutSandbox") === "refuse" ? "refuse" : "ask",
    worktreeSetup: strings(settings.inspect("worktree.setup")?.globalValue),
    worktreeInclude: [
      ...strings(vscode.workspace.getConfiguration("git").get("worktreeIncludeFiles")),
      // What VS Code links into its worktrees is copied into ours. Gitignore syntax: a bare name is one at any depth.
      ...strings(vscode.workspace.getConfiguration("git").get("worktreeSymlinkFolders")).map((pattern) =>
        pattern.replace(/\/$/u, "").includes("/") ? pattern : `**/${pattern}`,
      ),
    ],
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

/** What decides what is spent, from the user's own settings, never from a workspace. Throws `setting.invalid`. */
export function readModelSettings(): ModelSettings {
  const settings = vscode.workspace.getConfiguration("braid");
  const own = (key: string) => settings.inspect(key)?.globalValue;
  return {
    efforts: effortsIn(own("roles.effort")),
    prices: pricesIn(own("model.prices")),
    web: webDomainsIn(own("web.allowedDomains")),
  };
}

/** What models cost; the list prices where the user's own cannot be read, which who starts a run is told. */
export function readPrices(): readonly PriceRule[] {
  try {
    return readModelSettings().prices;
  } catch {
    return PRICES;
  }
}

/** VS Code hands over whatever stands in settings.json. */
function textOf(value: unknown): string | undefined {
  return (typeof value === "string" && value.trim()) || undefined;
}

function clamp(value: unknown, usual: number, [least, most]: readonly [least: number, most: number]): number {
  return typeof value === "number" ? Math.min(most, Math.max(least, Math.round(value))) : usual;
}
