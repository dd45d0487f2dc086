import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { BraidError, failure } from "../core/failure";
import { configArguments, environment, gitBinary, guardOf } from "./git";
import type { Repository } from "./repository";
import { heldLock } from "./held-lock";
import { requireFileRoom } from "./file-room";

/** A ref that has to be where it was, or not be there with null, for another to move. */
export interface Fence {
  readonly ref: string;
  readonly at: string | null;
}

/** A ref, where it was seen, and where it goes. */
export interface Move {
  readonly ref: string;
  readonly seen: string;
  readonly commit: string;
  readonly reason: string;
  readonly fence: Fence;
}

/**
 * Moves `ref` from `seen` to `commit` and runs `whileLocked` between git's "prepared" and its commit, so that nobody
 * else can move the ref meanwhile. When `whileLocked` throws, the ref stays where it was and the error goes on.
 * Throws `target.moved` when the ref is no longer at `seen`, `run.busy` when the fence has moved: both are held in one transaction. Where `commit` is `seen` it only holds the ref.
 *
 * The only process that has to be spoken to while it runs, which simple-git cannot do; same binary, settings and
 * environment as the door's.
 */
export async function moveRef(repo: Repository, move: Move, whileLocked: () => Promise<void>): Promise<void> {
  requireFileRoom();
  const child = spawn(
    gitBinary(),
    [...configArguments(), "update-ref", "-m", move.reason, "--create-reflog", "--stdin"],
    {
      cwd: repo.dir,
      env: { ...environment(), ...(await guardOf(repo)) },
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdin.on("error", () => undefined);
  const exited = new Promise<number | null>((resolve) => {
    child.on("error", () => resolve(null));
    child.on("close", (code) => resolve(code));
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answered = async (command: string): Promise<void> => {
    const answer = await answers.next();
    if (answer.done !== true && answer.value === `${command}: ok`) return;
    await exited;
    throw refusal(move, stderr);
  };
  const { ref, seen, commit, fence } = move;
  const change = commit === seen ? `verify ${ref} ${seen}` : `update ${ref} ${commit} ${seen}`;
  const fenced = `verify ${fence.ref}${fence.at === null ? "" : ` ${fence.at}`}`;
  child.stdin.write(`start\n${change}\n${fenced}\nprepare\n`);
  await answered("start");
  await answered("prepare");
  try {
    await whileLocked();
  } catch (error) {
    child.stdin.end("abort\n");
    await exited;
    throw error;
  }
  child.stdin.end("commit\n");
  await answered("commit");
  await exited;
}

function refusal(move: Move, stderr: string): BraidError {
  if (stderr.includes(move.fence.ref))
    return new BraidError(
      failure("run.busy", "The run was taken over by another process, so nothing was moved.", {
        hint: "Use it there; here it has stopped.",
        detail: stderr,
      }),
    );
  const name = move.ref.replace(/^refs\/heads\//u, "");
  if (/but expected|unable to resolve reference|reference is missing/u.test(stderr))
    return new BraidError(
      failure("target.moved", `${name} moved while you were looking.`, {
        hint: "Look at the refreshed review, then decide again.",
        detail: stderr,
      }),
    );
  const held = heldLock(stderr);
  if (held !== undefined) return held;
  if (/Unable to create|File exists/u.test(stderr))
    return new BraidError(
      failure("repo.busy", `Another git process holds ${name}.`, {
        hint: "Wait for it to end, then accept again.",
        detail: stderr,
      }),
    );
  return new BraidError(failure("git.failed", `${name} could not be moved: ${stderr.trim()}`, { detail: stderr }));
}
