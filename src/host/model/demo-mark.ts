import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readPlainText } from "../../git/plain-file";
import { openRepository, type Repository } from "../../git/repository";
import { isOwnSeal, sealOf } from "../../run/steering/own-seal";

/** How far the demo of a workspace has come: its plan is yet to start by itself, or it has. */
export type DemoState = "start" | "started";

/**
 * Says that the repository at `dir` is the demo's; inside the git directory, so that the workspace stays clean, and sealed, because
 * a git directory can come with an archive and must not choose who answers for the model. Throws what git and the disk throw.
 */
export async function markDemo(dir: string, state: DemoState): Promise<void> {
  await writeMark(await openRepository(dir), state);
}

/** What the mark of a repository says; undefined where there is none that this user made. */
export async function readDemoMark(repo: Repository): Promise<DemoState | undefined> {
  const [state, seal] = (await readPlainText(pathOf(repo), MAX_MARK_BYTES)).split(" ");
  if (state !== "start" && state !== "started") return undefined;
  return (await isOwnSeal(repo, "demo", seal)) ? state : undefined;
}

/** True once, where the plan is to start by itself. Throws what the disk throws. */
export async function takeDemoStart(repo: Repository): Promise<boolean> {
  if ((await readDemoMark(repo)) !== "start") return false;
  await writeMark(repo, "started");
  return true;
}

async function writeMark(repo: Repository, state: DemoState): Promise<void> {
  await mkdir(dirname(pathOf(repo)), { recursive: true, mode: 0o700 });
  await writeFile(pathOf(repo), `${state} ${await sealOf(repo, "demo")}`, { mode: 0o600 });
}

const MAX_MARK_BYTES = 1_024;

function pathOf(repo: Repository): string {
  return join(repo.commonDir, "braid", "demo");
}
