import { createHash } from "node:crypto";
import { constants, open } from "node:fs/promises";
import { join } from "node:path";
import { filesBehind, judgeCommand } from "../../core/command-policy";
import { failure, type Failure } from "../../core/failure";
import { isAllowed, type ApprovalHost } from "./approvals";

/** Files larger than this do not go into a key; size and times stand in, in bytes. */
const MAX_KEYED_BYTES = 4 * 1024 ** 2;

/**
 * Why a command of a worker may not run without a sandbox; undefined when it may. The user's word is bound to the exact
 * command and to what the files it names hold. `missing` is why there is no sandbox.
 */
export async function commandRefusal(
  host: ApprovalHost,
  a: {
    readonly subtask: string | null;
    readonly dir: string;
    readonly command: string;
    readonly missing: Failure;
    readonly signal: AbortSignal;
  },
): Promise<Failure | undefined> {
  const verdict = judgeCommand(a.command);
  if (verdict.kind === "deny") return failure("command.denied", `This command is refused: ${verdict.reason}.`);
  if (verdict.kind === "allow") return undefined;
  if (host.ports.canApprove?.("command") !== true) return a.missing;
  const request = {
    subtask: a.subtask,
    about: "command",
    source: "worker",
    commands: [a.command],
    content: await contentBehind(a.dir, a.command),
  } as const;
  if (await isAllowed(host, request, a.signal)) return undefined;
  return failure("command.denied", "The user did not allow this command.", {
    hint: "Do without it, or say in your report what should be run.",
  });
}

/** Path and hash of each file a command names, as they stand in the worktree now. */
async function contentBehind(dir: string, command: string): Promise<readonly string[]> {
  const content: string[] = [];
  for (const path of filesBehind(command)) {
    const hash = await hashOf(join(dir, path));
    if (hash !== undefined) content.push(`${path} ${hash}`);
  }
  return content;
}

async function hashOf(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return undefined;
    // Nobody can be asked about a file nobody hashed: its time makes the key another one whenever it changes.
    if (stats.size > MAX_KEYED_BYTES) return `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
    return createHash("sha256")
      .update(await file.readFile())
      .digest("hex");
  } finally {
    await file.close();
  }
}
