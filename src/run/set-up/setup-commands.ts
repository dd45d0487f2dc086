import { join } from "node:path";
import type { Shell } from "../../agent/shell";
import { describeFailure, toFailure } from "../../core/failure";
import type { SetupStep } from "../../core/setup";
import { alreadyInstalled } from "../../core/setup-commands";
import { isAllowed, type ApprovalHost } from "../steering/approvals";
import { readPlainFile, type FoundRecipe, type Recipe } from "./setup-recipe";
import { runWatched, type Watched } from "../attempt/watched";
import { timed } from "./set-up";

/** How much of its output is kept in the log, in characters from its end. */
const KEPT_OUTPUT = 4_000;

/**
 * Runs the set-up commands in the worktree's own shell, once the user has allowed them. The first one that fails ends
 * them; the worker goes on with what there is. `copied` are folders that are there already. Rejects only when `signal`
 * aborts or the log cannot be written.
 */
export async function runSetupCommands(
  host: ApprovalHost,
  found: FoundRecipe,
  place: {
    readonly dir: string;
    readonly shell: Shell;
    /** Has all files be there, as the shell does before a command. */
    readonly bringAll?: () => Promise<void>;
    readonly copied: readonly string[];
    /** Whose worktree it is. */
    readonly who: Watched;
    readonly signal: AbortSignal;
  },
): Promise<readonly SetupStep[]> {
  if (found.kind === "none") return [];
  const untouched = (name: string, outcome: "skipped" | "failed", reason: string): readonly SetupStep[] => [
    { kind: "command", name, outcome, reason, durationMs: 0 },
  ];
  if (found.kind === "unreadable") return untouched(found.source, "failed", found.reason);
  const { recipe } = found;
  const needed = recipe.commands.filter((command) => alreadyInstalled(command, place.copied) === undefined);
  const steps: SetupStep[] = recipe.commands.flatMap((command) => {
    const folder = alreadyInstalled(command, place.copied);
    return folder === undefined ? [] : untouched(command, "skipped", `${folder} was copied`);
  });
  if (needed.length === 0) return steps;
  if (!recipe.isUsersOwn && !(await isAllowed(host, requestOf(recipe), place.signal)))
    return [
      ...steps,
      ...untouched(recipe.source, "skipped", host.ports.canApprove?.("setup") === true ? "not allowed" : NOBODY),
    ];
  await place.bringAll?.();
  if (recipe.script !== undefined && !(await isUnchanged(place.dir, recipe.script)))
    return [
      ...steps,
      ...untouched(recipe.script.path, "skipped", "is not what was allowed: a result it rests on changed it"),
    ];
  let failed = false;
  for (const command of needed) {
    const step: SetupStep | undefined = failed
      ? untouched(command, "skipped", "the one before failed")[0]
      : await timed(() => runOne(host, place, command));
    if (step === undefined) continue;
    failed ||= step.outcome === "failed";
    steps.push(step);
  }
  return steps;
}

const NOBODY = "nobody was there to allow it: run on a terminal, or with --allow-setup";

/** A script is shown and bound as what it holds, not as the line that starts it. */
function requestOf({ source, commands, script }: Recipe) {
  return {
    subtask: null,
    about: "setup",
    source,
    commands: script === undefined ? commands : [script.text],
    content: script === undefined ? [] : [script.path],
  } as const;
}

async function isUnchanged(dir: string, script: { readonly path: string; readonly text: string }): Promise<boolean> {
  return (await readPlainFile(join(dir, script.path)))?.toString("utf8") === script.text;
}

async function runOne(
  host: ApprovalHost,
  { shell, who, signal }: { readonly shell: Shell; readonly who: Watched; readonly signal: AbortSignal },
  command: string,
): Promise<Omit<SetupStep, "durationMs">> {
  const step = { kind: "command", name: command } as const;
  // Other tools run these at the root, wherever the user's folder is.
  const line = `cd "$WORKTREE_PATH" || exit\n${command}`;
  const watched = { ...who, what: "the set-up command", command, signal };
  const outcome = await runWatched(host, watched, (how) => shell.run(line, how)).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return { kind: "refused", failure: toFailure(error) } as const;
  });
  if (outcome.kind === "refused") return { ...step, outcome: "failed", reason: describeFailure(outcome.failure) };
  const output = outcome.output.slice(-KEPT_OUTPUT);
  if (outcome.exitCode === 0) return { ...step, outcome: "done", output };
  const how = outcome.timedOut ? "ran out of time" : `exit code ${outcome.exitCode ?? "none"}`;
  return { ...step, outcome: "failed", reason: `${how}${whyInside(outcome.output)}`, output };
}

/** What usually works outside and cannot work inside. */
function whyInside(output: string): string {
  if (
    /EAI_AGAIN|ENOTFOUND|getaddrinfo|Could not resolve|Temporary failure in name resolution|ENETUNREACH/iu.test(output)
  )
    return "; set-up commands have no network";
  return "";
}
