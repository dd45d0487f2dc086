import { execFile } from "node:child_process";
import { lstatSync, readdirSync } from "node:fs";
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../util/system-error";
import { requireFileRoom } from "./file-room";

/** Deletes a folder, also where its own permissions say no: module caches are read-only, and a worker may have said `chmod`. */
export async function removeTree(dir: string): Promise<void> {
  const stats = lstatSync(dir, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isDirectory() && process.platform !== "win32" && isLarge(dir) && (await removeByProgram(dir))) return;
  const remove = () => rm(dir, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM")) throw error;
    await openFolders(dir);
    await remove();
  }
}

/** Entries from which on the program is worth its start: Node takes ten times as long for each. */
const MANY_ENTRIES = 300;
/** Folders that are looked into to know it; what has more is taken for large. */
const MAX_FOLDERS = 20;

function isLarge(dir: string): boolean {
  const open = [dir];
  let entries = 0;
  for (let looked = 0; open.length > 0; looked += 1) {
    const folder = open.pop() ?? "";
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        entries += 1;
        if (entry.isDirectory()) open.push(join(folder, entry.name));
      }
    } catch {
      // What cannot be looked into, or is no folder, is for whoever removes it.
    }
    if (entries > MANY_ENTRIES || looked > MAX_FOLDERS) return true;
  }
  return false;
}

/** False where it is not there, or something is left: why, Node will say. Like Node's it unlinks symbolic links and does not follow them. */
async function removeByProgram(dir: string): Promise<boolean> {
  try {
    requireFileRoom();
  } catch {
    // Node needs fewer.
    return false;
  }
  return new Promise((resolve) =>
    execFile("/bin/rm", ["-rf", "--", dir], { env: { LC_ALL: "C" } }, (error) => resolve(error === null)),
  );
}

/** Makes every folder below one that can be entered and emptied; links are not followed. */
async function openFolders(dir: string): Promise<void> {
  if (!(await lstat(dir)).isDirectory()) return;
  await chmod(dir, 0o700);
  for (const entry of await readdir(dir, { withFileTypes: true }))
    if (entry.isDirectory()) await openFolders(join(dir, entry.name));
}
