import { openSandbox, type SandboxOptions } from "../../src/agent/sandbox";
import type { CommandOutcome, Shell } from "../../src/agent/shell";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder, tempRepo, type TempRepo } from "./temp-repo";

type Exited = Extract<CommandOutcome, { kind: "exited" }>;

/** A repository with one linked worktree and a sandbox on it. */
export interface SandboxedWorktree {
  readonly repo: TempRepo;
  readonly gitDir: string;
  readonly worktree: string;
  readonly shell: Shell;
  /** Runs a command; one that is refused fails the test. */
  run(command: string, options?: Partial<Parameters<Shell["run"]>[1]>): Promise<Exited>;
  dispose(): void;
}

/** Makes one with `files` committed. */
export async function sandboxedWorktree(
  files: Readonly<Record<string, string>> = {},
  more: Partial<SandboxOptions> = {},
): Promise<SandboxedWorktree> {
  const repo = tempRepo({ "README.md": "# Read me\n", ...files });
  const folder = tempFolder("braid-sandbox-");
  const [worktree, gitDir] = [join(folder.dir, "w1"), join(repo.dir, ".git")];
  repo.git("worktree", "add", "--quiet", "--detach", worktree);
  mkdirSync(join(gitDir, "braid", "runs"), { recursive: true });
  const shell = await openSandbox({ worktree, gitDir, tempDir: join(folder.dir, "private"), ...more });
  return {
    repo,
    gitDir,
    worktree,
    shell,
    async run(command, options = {}) {
      const outcome = await shell.run(command, { timeoutMs: 30_000, signal: new AbortController().signal, ...options });
      if (outcome.kind === "refused") throw new Error(`${outcome.failure.message}\n${outcome.failure.detail ?? ""}`);
      return outcome;
    },
    dispose() {
      folder.dispose();
      repo.dispose();
    },
  };
}

/**
 * A sandbox on `dir` whose owner was killed with SIGKILL while bubblewrap waited for it: the id of the process that is left. Killed by
 * nobody it waits for ever.
 */
export async function orphanOf(dir: string): Promise<number> {
  const mounts = ["--ro-bind", "/usr", "/usr", "--bind", dir, dir];
  const args = ["--unshare-all", "--unshare-user", "--die-with-parent", "--info-fd", "3", "--userns-block-fd", "4"];
  const command = JSON.stringify([...args, ...mounts, "--", "/usr/bin/true"]);
  const stdio = '["ignore", "ignore", "ignore", 1, 3]';
  const program = `require("node:child_process").spawn("/usr/bin/bwrap", ${command}, { stdio: ${stdio}, detached: true })`;
  const owner = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "ignore", "pipe"] });
  const [, stdout, , held] = owner.stdio;
  if (stdout === null || !(held instanceof Socket)) throw new Error("There is no pipe to hold.");
  let said = "";
  for await (const chunk of stdout) {
    said += String(chunk);
    if (said.includes("}")) break;
  }
  owner.kill("SIGKILL");
  await once(owner, "exit");
  // What bubblewrap waits for must not end with its owner: it may hear of that before it is killed. Open, it holds no test up.
  held.unref();
  const [, first = ""] = /"child-pid": (\d+)/u.exec(said) ?? [];
  // Its parent goes with the owner, in a moment.
  while (processesWith(dir).length > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  return Number(first);
}

/** Ids of live processes of the host that have `marker` in their command line. */
export function processesWith(marker: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(marker) ? [Number(pid)] : [];
      } catch {
        return [];
      }
    });
}
