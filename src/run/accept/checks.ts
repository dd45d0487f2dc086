import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { CheckResult } from "../../core/state/events";
import { BraidError } from "../../core/failure";
import { readPlainText } from "../../git/plain-file";
import { runWatched, type WatchHost, type Watched } from "../attempt/watched";
import type { WorkPlace } from "../attempt/work-place";

/** How much of a check's output is kept in the log, in characters from its end. */
const KEPT_OUTPUT = 8_000;
/** A larger package.json names no scripts, in bytes. */
const MAX_MANIFEST_BYTES = 16 * 1024 ** 2;

/**
 * Runs checks one after the other in a sandbox; the name of a package script stands for running it. `who` is whose getting on
 * depends on them. Throws `sandbox.missing`, and `stall.tool` where one does not end.
 */
export async function runChecks(
  host: WatchHost,
  { shell, workspace, cwd: dir }: Pick<WorkPlace, "shell" | "workspace" | "cwd">,
  commands: readonly string[],
  who: Watched & { readonly signal: AbortSignal },
): Promise<readonly CheckResult[]> {
  if (commands.length === 0) return [];
  await workspace.ready("all files");
  const scripts = await scriptNames(dir);
  const results: CheckResult[] = [];
  for (const command of commands) {
    const line = scripts.has(command) ? `npm run --silent ${command}` : command;
    const outcome = await runWatched(host, { ...who, what: "the check", command }, (how) => shell.run(line, how));
    if (outcome.kind === "refused") throw new BraidError(outcome.failure);
    const { exitCode, output, durationMs } = outcome;
    results.push({ command, passed: exitCode === 0, exitCode, durationMs, output: output.slice(-KEPT_OUTPUT) });
  }
  return results;
}

async function scriptNames(dir: string): Promise<ReadonlySet<string>> {
  try {
    // A worker may have put a pipe there, which nobody comes to the end of.
    const text = await readPlainText(await realpath(join(dir, "package.json")), MAX_MANIFEST_BYTES);
    const { scripts }: { scripts?: unknown } = JSON.parse(text);
    // Only plain names: the name becomes part of a command line.
    return new Set(Object.keys(scripts ?? {}).filter((name) => /^[\w:.-]+$/u.test(name)));
  } catch {
    return new Set();
  }
}
