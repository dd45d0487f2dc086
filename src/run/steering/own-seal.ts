import { createHmac, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { readPlainText } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import { runDir } from "../log/places";

/**
 * A mark only this user can have made: what stands in a git directory may have come with an archive, and a word in it that the user
 * never gave must not count. It holds for this repository in this place. Throws what the disk throws.
 */
export async function sealOf(repo: Repository, what: string): Promise<string> {
  return createHmac("sha256", await ownKey())
    .update(JSON.stringify([repo.commonDir, what]))
    .digest("hex");
}

/** Whether the mark is this user's; none is where there is no key. */
export async function isOwnSeal(repo: Repository, what: string, seal: string | undefined): Promise<boolean> {
  if (seal === undefined) return false;
  return sealOf(repo, what).then(
    (own) => own === seal,
    () => false,
  );
}

/** Marks a run as this user's. One that cannot be marked is gone on with, and asks again what it was told before. */
export async function sealRun(repo: Repository, run: string): Promise<void> {
  const seal = await sealOf(repo, `run ${run}`).catch(() => undefined);
  if (seal === undefined) return;
  const path = sealPath(repo, run);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, seal, { mode: 0o600 }).catch(() => undefined);
}

/** Whether this user began the run, so that the words in its log are theirs. */
export async function isOwnRun(repo: Repository, run: string): Promise<boolean> {
  return isOwnSeal(repo, `run ${run}`, await readPlainText(sealPath(repo, run), MAX_SEAL_BYTES));
}

const MAX_SEAL_BYTES = 1_024;

function sealPath(repo: Repository, run: string): string {
  return join(runDir(repo, run), "seal");
}

const KEY_BYTES = 32;

/** The user's key, made when it is first wanted. Linked into place, so that two who make one at a time get the same. */
async function ownKey(): Promise<Buffer> {
  const path = join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local/state"), "braid", "seal.key");
  const known = await readKey(path);
  if (known !== undefined) return known;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(draft, randomBytes(KEY_BYTES), { flag: "wx", mode: 0o600, flush: true });
    await link(draft, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      // What a power cut has left in its place is nobody's key.
      if ((await readKey(path)) === undefined) await rename(draft, path);
    });
  } finally {
    await rm(draft, { force: true });
  }
  const made = await readKey(path);
  if (made === undefined) throw new Error(`${path} is no key.`);
  return made;
}

async function readKey(path: string): Promise<Buffer | undefined> {
  const key = await readFile(path).catch(() => undefined);
  return key?.length === KEY_BYTES ? key : undefined;
}
