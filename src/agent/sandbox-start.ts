import { realpath, stat } from "node:fs/promises";

/**
 * Where a command starts: `cwd`, or the worktree where that is no folder of it. A link that a worker put in the folder's place is
 * not followed: it names something else inside than outside.
 */
export async function startOf(worktree: string, cwd: string | undefined): Promise<string> {
  if (cwd === undefined) return worktree;
  const real = await realpath(cwd).catch(() => undefined);
  const isFolder = (await stat(cwd).catch(() => undefined))?.isDirectory() ?? false;
  return isFolder && real !== undefined && `${real}/`.startsWith(`${worktree}/`) ? real : worktree;
}
