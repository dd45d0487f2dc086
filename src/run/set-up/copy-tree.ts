import { constants, copyFile, cp, lstat, mkdir, readdir, readlink, rm, symlink } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import pLimit from "p-limit";
import { eachRecord } from "../../agent/process";

/** Copying processes at the same time, of all worktrees together. Two on two cores halve the time; more add nothing. */
const COPIES = 4;
const copies = pLimit(COPIES);
/** Names one `cp` is given. */
const NAMES_PER_COPY = 40;
const TIMEOUT_MS = 10 * 60_000;

/** Why something was not copied; undefined when it was. */
export type CopyOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Copies a folder to where nothing is yet, links as links; by reflink where the file system can. All of it or nothing:
 * what a failure leaves is removed. Rejects only when `signal` aborts.
 */
export async function copyFolder(from: string, to: string, signal: AbortSignal): Promise<CopyOutcome> {
  signal.throwIfAborted();
  try {
    await mkdir(to);
    await fill(from, to, signal);
    return { ok: true };
  } catch (error) {
    await rm(to, { recursive: true, force: true, maxRetries: 3 });
    signal.throwIfAborted();
    return { ok: false, reason: reasonOf(error) };
  }
}

/** Copies one file, or one link that stays inside `root`, to where nothing is yet. */
export async function copyOne(root: string, path: string, to: string): Promise<CopyOutcome> {
  const from = join(root, path);
  try {
    const stats = await lstat(from);
    if (stats.isSymbolicLink()) return await copyLink(root, from, to);
    if (!stats.isFile()) return { ok: false, reason: "is not a plain file" };
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/**
 * Makes the folders on the way to `path` below `root`. Says why not where one of them is a link or a file, or where
 * something is at `path` itself: nothing is ever overwritten, and nothing is written through a link.
 */
export async function makeWay(root: string, path: string): Promise<CopyOutcome> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const at = join(root, ...parts.slice(0, depth));
    const stats = await lstat(at).catch(() => undefined);
    if (depth === parts.length) return stats === undefined ? { ok: true } : { ok: false, reason: "is there already" };
    if (stats === undefined) await mkdir(at);
    else if (!stats.isDirectory()) return { ok: false, reason: `${parts.slice(0, depth).join("/")} is not a folder` };
  }
  return { ok: true };
}

/** Whether the file system can share blocks between these two folders. */
export async function canShareBlocks(from: string, to: string): Promise<boolean> {
  const sample = (await readdir(from, { withFileTypes: true }).catch(() => [])).find((entry) => entry.isFile());
  if (sample === undefined) return false;
  const probe = join(to, `.${sample.name}.reflink`);
  try {
    await copyFile(join(from, sample.name), probe, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true });
  }
}

async function copyLink(root: string, from: string, to: string): Promise<CopyOutcome> {
  const target = await readlink(from);
  if (isAbsolute(target) || !isWithin(root, resolve(dirname(from), target)))
    return { ok: false, reason: "is a link that leads out of the repository" };
  await symlink(target, to);
  return { ok: true };
}

async function fill(from: string, to: string, signal: AbortSignal): Promise<void> {
  const flags = COPY_FLAGS[process.platform];
  const names = (await readdir(from)).map((name) => `./${name}`);
  if (flags === undefined || !(await fillByProgram(flags, { from, to, names, signal }))) await fillByNode(from, to);
}

/** `cp` shares blocks where it can and is several times faster than Node on many small files. */
const COPY_FLAGS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ["-a", "--reflink=auto"],
  darwin: ["-Rpc"],
};

async function fillByProgram(
  flags: readonly string[],
  a: { readonly from: string; readonly to: string; readonly names: readonly string[]; readonly signal: AbortSignal },
): Promise<boolean> {
  const chunks: (readonly string[])[] = [];
  for (let i = 0; i < a.names.length; i += NAMES_PER_COPY) chunks.push(a.names.slice(i, i + NAMES_PER_COPY));
  const results = await Promise.all(
    chunks.map((names) =>
      copies(() =>
        eachRecord(
          "/bin/cp",
          [...flags, "--", ...names, `${a.to}/`],
          { cwd: a.from, env: { LC_ALL: "C" }, separator: "\n", timeoutMs: TIMEOUT_MS, signal: a.signal },
          () => undefined,
        ),
      ),
    ),
  );
  const failed = results.find((result) => result.exitCode !== 0);
  if (failed === undefined) return true;
  // A `cp` that does not know our flags has done nothing; anything else is about these files.
  if (failed.exitCode === null || /(?:unrecognized|invalid|illegal|unknown) option/iu.test(failed.stderr)) return false;
  throw new Error(failed.stderr.split("\n", 1)[0] ?? "cp failed");
}

function fillByNode(from: string, to: string): Promise<void> {
  return copies(() =>
    cp(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      mode: constants.COPYFILE_FICLONE,
    }),
  );
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

/** Without the paths of this machine, which are not the model's to know. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message.replace(/'[^']*'/gu, "a file").slice(0, 200) : "unknown";
}
