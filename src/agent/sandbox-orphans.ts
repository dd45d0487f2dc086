import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { sleep } from "../util/abort";

/** How long to wait for what was killed, and how often to look, in milliseconds. */
const GONE_MS = 5_000;
const LOOK_MS = 10;

/**
 * Ends sandboxes that outlived their Braid and may write one of these worktrees; resolves when they are gone. Bubblewrap asks to
 * die with its parent once it has made its first process, and that one asks for the same only when its mounts are done: where the
 * parent is killed in between, that process waits for ever, or goes on and runs the command. Does nothing where there is no /proc.
 */
export async function endOrphans(worktrees: readonly string[]): Promise<void> {
  if (worktrees.length === 0) return;
  const until = performance.now() + GONE_MS;
  for (;;) {
    // One that may not be killed is not waited for.
    const killed = sandboxesOf(new Set(worktrees)).filter(kill);
    if (killed.length === 0 || performance.now() > until) return;
    await sleep(LOOK_MS);
  }
}

/** Ids of bubblewrap's own processes for these worktrees. With the first one in it the kernel ends all that is in a sandbox. */
function sandboxesOf(worktrees: ReadonlySet<string>): readonly number[] {
  return processIds().filter((pid) => {
    const [program = "", ...args] = commandLine(pid);
    return basename(program) === "bwrap" && args.some((arg, i) => args[i - 1] === "--bind" && worktrees.has(arg));
  });
}

function processIds(): readonly number[] {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/u.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** Empty for a dead one that nobody has collected, and for one that is gone by now. */
function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}
