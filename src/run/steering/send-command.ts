import { randomBytes } from "node:crypto";
import { watch, type FSWatcher } from "node:fs";
import { mkdir, rename, rm, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { BraidError, failure } from "../../core/failure";
import { readPlainFile } from "../../git/plain-file";
import { refuseLinksIn } from "../../git/plain-folder";
import type { Repository } from "../../git/repository";
import { Reply, replyFile, type SteeringCommand } from "./inbox-command";
import type { Holder } from "../log/lock";
import { busy, describeHolder, ownerOf } from "../log/ownership";
import { inboxDir, runDir } from "../log/places";

/** How long a sender waits for the outcome: stopping workers and keeping what they did takes its time. */
const WAIT_MS = 60_000;
/** How often a sender looks whether the owner is still there; nothing tells when a process is killed. */
const LOOK_MS = 1000;

/**
 * Has the owner of a run carry a command out; resolves with its words. Throws what the owner refused it with, and
 * `run.busy` where it does not answer in time: the command is then taken back, if the owner has not begun with it.
 */
export async function sendCommand(
  repo: Repository,
  { run, owner }: { readonly run: string; readonly owner: Holder },
  command: SteeringCommand,
): Promise<string> {
  if (owner.standing === "silent") throw new BraidError(busy(run, owner));
  if (owner.host !== hostname())
    throw new BraidError(
      failure("run.busy", `Run ${run} belongs to ${describeHolder(owner)}.`, { hint: "Steer it there." }),
    );
  const dir = inboxDir(repo, run);
  await refuseLinksIn(runDir(repo, run));
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const until = Date.now() + WAIT_MS;
  const name = `${Date.now().toString(36).padStart(9, "0")}-${randomBytes(6).toString("hex")}.json`;
  const path = join(dir, name);
  const replied = waitForReply(dir, name, async () => (await ownerOf(repo, run))?.pid === owner.pid);
  try {
    await writeFile(`${path}.new`, JSON.stringify({ version: 1, until, command }), { flag: "wx", mode: 0o600 });
    await rename(`${path}.new`, path);
    const reply = await replied.outcome;
    if (typeof reply === "object") {
      if (reply.ok) return reply.said;
      const { code, message, hint } = reply.failure;
      throw new BraidError(failure(code, message, hint === undefined ? {} : { hint }));
    }
    const untouched = await unlink(path).then(
      () => true,
      () => false,
    );
    throw new BraidError(
      failure(
        "run.busy",
        `Process ${owner.pid}, which owned run ${run}, ${reply === "gone" ? "has ended" : `has not answered in ${WAIT_MS / 1000} s`}. ` +
          (untouched ? "The command was not carried out." : "It had begun with the command."),
        { hint: reply === "gone" ? `See \`braid status ${run}\`, then \`braid resume ${run}\`.` : "Try again." },
      ),
    );
  } finally {
    replied.forget();
    await rm(`${path}.new`, { force: true });
    await rm(join(dir, replyFile(name)), { force: true });
  }
}

interface Wait {
  readonly outcome: Promise<Reply | "gone" | "late">;
  forget(): void;
}

function waitForReply(dir: string, name: string, isOwned: () => Promise<boolean>): Wait {
  const path = join(dir, replyFile(name));
  let settle: (reply: Reply | "gone" | "late") => void = () => undefined;
  const outcome = new Promise<Reply | "gone" | "late">((resolve) => {
    settle = resolve;
  });
  const look = async (): Promise<boolean> => {
    const text = await readPlainFile(path).then(String, () => undefined);
    if (text === undefined) return false;
    settle(parseReply(text));
    return true;
  };
  const watcher = watchAt(dir, () => void look());
  const late = setTimeout(() => settle("late"), WAIT_MS);
  const check = async (): Promise<void> => {
    // A lock that cannot be read tells nothing.
    const owned = await isOwned().catch(() => true);
    // The reply may have come in the owner's last moment.
    if (!(await look()) && !owned) settle("gone");
  };
  const timer = setInterval(() => void check(), LOOK_MS);
  return {
    outcome,
    forget() {
      watcher?.close();
      clearTimeout(late);
      clearInterval(timer);
    },
  };
}

/** Undefined where the system has no watch left; what is waited for is looked for every second as well. */
function watchAt(dir: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(dir, onChange).on("error", () => undefined);
  } catch {
    return undefined;
  }
}

function parseReply(text: string): Reply {
  try {
    return Reply.parse(JSON.parse(text));
  } catch {
    return { ok: false, failure: failure("internal", "The reply cannot be read; another version of Braid wrote it.") };
  }
}
