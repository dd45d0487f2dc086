import * as z from "zod";
import { forbiddenGitIn } from "../../core/command-policy";
import { describeFailure } from "../../core/failure";
import { defineTool } from "../tool";

/** Runs a command in the sandboxed shell. A non-zero exit is an error the model can read. */
export const bashTool = defineTool({
  name: "bash",
  description:
    "Run a shell command in the folder the user opened ($WORKTREE_PATH is the worktree's root, where paths of the other tools start), in a sandbox: no network, .git is read-only, writes only here and in /tmp. Each call is a fresh shell; background processes end with it.",
  input: z.object({
    command: z.string().min(1),
    timeout_ms: z.int().min(1).max(600_000).optional().describe("Default 120000, at most 600000."),
  }),
  async run({ command, timeout_ms }, { workspace, shell, signal }) {
    await workspace.ready();
    const outcome = await shell.run(command, { timeoutMs: timeout_ms ?? DEFAULT_TIMEOUT_MS, signal });
    if (outcome.kind === "refused") return { content: describeFailure(outcome.failure), isError: true };
    const { exitCode, output, timedOut, durationMs } = outcome;
    const seconds = Math.round(durationMs / 100) / 10;
    if (timedOut) return { content: `${output}\n(Killed: over its time limit after ${seconds} s.)`, isError: true };
    if (exitCode === null) return { content: `${output}\n(Killed by a signal.)`, isError: true };
    if (exitCode !== 0)
      return { content: `${output}\n(Exit code ${exitCode}.${whyGitFailed(command, output)})`, isError: true };
    return { content: output === "" ? "(No output.)" : output };
  },
});

/** Git says "read-only file system" and the like; a worker needs to know that it is meant so. */
function whyGitFailed(command: string, output: string): string {
  const why = forbiddenGitIn(command);
  const isShut =
    /read-only file system|does not appear to be a git repository|no configured push destination|cannot lock ref|unable to create/iu;
  return why !== undefined && (output.trim() === "" || isShut.test(output)) ? ` Here ${why}.` : "";
}

const DEFAULT_TIMEOUT_MS = 120_000;
