import { constants } from "node:fs";
import { copyFile, lstat, mkdtemp, rm, stat, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { findRipgrep } from "../../agent/ripgrep";
import { findSandbox } from "../../agent/sandbox-find";
import { asProblem } from "../../core/doctor/judge-repository";
import { judgeLeftovers } from "../../core/doctor/judge-leftovers";
import { judgeCase, judgeLengths } from "../../core/doctor/judge-paths";
import { judgePlace, judgeRoom } from "../../core/doctor/judge-place";
import { judgeRipgrep, judgeSandbox } from "../../core/doctor/judge-tools";
import { toFailure } from "../../core/failure";
import { isDependencyFolder, outermost } from "../../core/setup";
import { listIgnored } from "../../git/ignored";
import { takeStock } from "../clean/take-stock";
import { folderSize } from "../set-up/room";
import type { Examination } from "./examination";

/** Looks at what the machine gives a run: a place for worktrees, room, a sandbox, programs. */
export const MACHINE_EXAMINATIONS: readonly Examination[] = [
  {
    id: "worktree-folder",
    title: "Worktree folder",
    needs: "repository",
    async examine(patient) {
      const repo = await patient.repo();
      let dir: string;
      try {
        dir = await patient.worktreeRoot();
      } catch (error) {
        return [asProblem(toFailure(error))];
      }
      return judgePlace({
        dir,
        insideRepository: `${dir}/`.startsWith(`${repo.dir}/`),
        sameFileSystem: (await stat(dir)).dev === (await stat(repo.dir)).dev,
        sharesBlocks: await sharesBlocks(join(repo.commonDir, "HEAD"), dir),
      });
    },
  },
  {
    id: "room",
    title: "Disk space",
    needs: "commit",
    async examine(patient, signal) {
      const [repo, root, tree] = await Promise.all([patient.repo(), patient.worktreeRoot(), patient.headTree()]);
      const { bavail, bsize, ffree, files } = await statfs(root);
      const shared = await sharesBlocks(join(repo.commonDir, "HEAD"), root);
      const ignored = (await listIgnored(repo)).filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1));
      let copied = 0;
      if (!shared)
        for (const folder of outermost(ignored.filter(isDependencyFolder)))
          copied += await folderSize(join(repo.dir, folder), signal);
      return [
        judgeRoom({
          worktrees: patient.concurrency,
          files: tree.paths.length,
          bytes: tree.bytes,
          copied,
          freeBytes: bavail * bsize,
          // Some file systems make room for files as they come, and count none.
          freeFiles: files === 0 ? null : ffree,
        }),
      ];
    },
  },
  {
    id: "long-paths",
    title: "Long paths",
    needs: "commit",
    async examine(patient) {
      const [root, { paths }] = await Promise.all([patient.worktreeRoot(), patient.headTree()]);
      return [
        judgeLengths({
          windows: process.platform === "win32",
          longPaths: false,
          rootBytes: Buffer.byteLength(join(root, WORKTREE_NAME, "tree")),
          paths,
        }),
      ];
    },
  },
  {
    id: "letter-case",
    title: "Letter case",
    needs: "commit",
    async examine(patient) {
      const [root, { paths }] = await Promise.all([patient.worktreeRoot(), patient.headTree()]);
      return [judgeCase(await tellsCase(root), paths)];
    },
  },
  {
    id: "leftovers",
    title: "Earlier runs",
    needs: "repository",
    examine: async ({ repo, worktreeRoot, now }, signal) =>
      judgeLeftovers(await takeStock(await repo(), await worktreeRoot(), signal), now()),
  },
  {
    id: "sandbox",
    title: "Sandbox",
    needs: "trust",
    async examine() {
      const sandbox = await findSandbox();
      return [sandbox.ok ? judgeSandbox(null, sandbox.binary) : judgeSandbox(sandbox.failure, "")];
    },
  },
  {
    id: "ripgrep",
    title: "Search",
    needs: "trust",
    examine: async ({ dir }) => [judgeRipgrep(await findRipgrep(dir ?? homedir()))],
  },
];

/** As long as the names worktrees get. */
const WORKTREE_NAME = "r0000000-000-00";

/** Whether a copy in `dir` can share the blocks of `file`. */
async function sharesBlocks(file: string, dir: string): Promise<boolean> {
  const own = await mkdtemp(join(dir, "doctor-"));
  try {
    await copyFile(file, join(own, "copy"), constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Whether upper and lower case are told apart in `dir`. */
async function tellsCase(dir: string): Promise<boolean> {
  const own = await mkdtemp(join(dir, "doctor-"));
  try {
    const other = join(dirname(own), basename(own).toUpperCase());
    return (await lstat(other).catch(() => undefined)) === undefined;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
