import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** Whether the repository around a folder has had a run: a few looks at the disk, no git. Never throws. */
export async function hasBraidFolder(dir: string): Promise<boolean> {
  for (let at = resolve(dir); ; at = dirname(at)) {
    const dotGit = join(at, ".git");
    const kind = await kindOf(dotGit);
    if (kind !== undefined) {
      const common = kind === "folder" ? dotGit : await commonDirOf(dotGit);
      return common !== undefined && (await kindOf(join(common, "braid"))) === "folder";
    }
    if (dirname(at) === at) return false;
  }
}

/** A linked worktree's `.git` is a file that leads to the repository. */
async function commonDirOf(file: string): Promise<string | undefined> {
  const [, gitDir] = /^gitdir: (.+?)\r?\n?$/u.exec(await textOf(file)) ?? [];
  if (gitDir === undefined) return undefined;
  const own = resolve(dirname(file), gitDir);
  const common = (await textOf(join(own, "commondir"))).trim();
  return common === "" ? own : resolve(own, common);
}

async function kindOf(path: string): Promise<"folder" | "file" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
