import { createHash } from "node:crypto";
import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { ABSENT, type CommitDiff, type FileMark, type MainTree } from "../core/main-tree";
import { git, gitText } from "./git";
import { keepFacts } from "./known";
import { splitNul } from "./split-nul";
import type { Repository } from "./repository";

/** Files larger than this are known by size and times, in bytes. */
const MAX_READ_BYTES = 16 * 1024 ** 2;
/** All that is read of a tree's untracked and changed files, in bytes; the rest is known by size and times. */
const MAX_READ_IN_ALL_BYTES = 256 * 1024 ** 2;

/** A tree and, by path, what its files looked like from outside when they were read. */
export interface SeenTree {
  readonly tree: MainTree;
  readonly stats: ReadonlyMap<string, string>;
}

/**
 * Looks at the user's files, index and refs. Files whose index entry says they are unchanged are not read, nor those
 * that look as they did in `before`. Not looked into: ignored folders, submodules, and `refs/braid/`. Throws `git.*`.
 */
export async function seeMainTree(repo: Repository, before?: SeenTree): Promise<SeenTree> {
  const [listed, refs] = await Promise.all([
    git(repo, [
      "status",
      "--porcelain=v2",
      "--branch",
      "-z",
      "--no-renames",
      "--untracked-files=all",
      "--ignored=matching",
      "--ignore-submodules=dirty",
    ]),
    readRefs(repo),
  ]);
  const status = readStatus(listed.stdout);
  const isSha256 = await usesSha256(repo, status.commit);
  const files = new Map<string, FileMark>();
  const stats = new Map<string, string>();
  let left = MAX_READ_IN_ALL_BYTES;
  for (const { path, kind } of status.files) {
    const seen = await seeFile(join(repo.dir, path));
    if (seen === undefined) {
      files.set(path, { kind: "deleted", mark: ABSENT });
      continue;
    }
    stats.set(path, seen.stat);
    const known = before?.stats.get(path) === seen.stat ? before.tree.files.get(path) : undefined;
    if (known !== undefined) files.set(path, { kind, mark: known.mark });
    else if (seen.size > Math.min(MAX_READ_BYTES, left) || seen.mode === undefined)
      files.set(path, { kind, mark: seen.stat });
    else {
      left -= seen.size;
      files.set(path, { kind, mark: `${seen.mode} ${await blobName(join(repo.dir, path), seen.mode, isSha256)}` });
    }
  }
  const { head, commit, index, committed } = status;
  const tree = { head, commit, refs, index, files, committed };
  return { tree, stats };
}

const raws = keepFacts<Buffer>();

/** How the entries of two commits differ. */
export async function commitDiff(repo: Repository, from: string, to: string): Promise<CommitDiff> {
  if (from === to || from === "" || to === "") return new Map();
  const entry = (mode: string, blob: string) => (mode === "000000" ? ABSENT : `${mode} ${blob}`);
  const args = ["diff-tree", "-r", "--raw", "-z", "--no-renames", "--abbrev=64", "--ignore-submodules=none", from, to];
  const fields = splitNul(await raws(repo, [from, to], async () => (await git(repo, args)).stdout));
  const diff = new Map<string, { readonly old: string; readonly new: string }>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = ""] = (fields[i] ?? "").replace(/^:/u, "").split(" ");
    diff.set(fields[i + 1] ?? "", { old: entry(oldMode, oldBlob), new: entry(newMode, newBlob) });
  }
  return diff;
}

interface Status {
  readonly head: string;
  readonly commit: string;
  readonly index: ReadonlyMap<string, string>;
  readonly committed: ReadonlyMap<string, string>;
  readonly files: readonly { readonly path: string; readonly kind: FileMark["kind"] }[];
}

function readStatus(stdout: Buffer): Status {
  let [head, commit] = ["", ""];
  const index = new Map<string, string>();
  const committed = new Map<string, string>();
  const files: { path: string; kind: FileMark["kind"] }[] = [];
  for (const record of splitNul(stdout)) {
    const fields = record.split(" ");
    switch (record.charAt(0)) {
      case "#":
        if (fields[1] === "branch.oid") commit = fields[2] === "(initial)" ? "" : (fields[2] ?? "");
        if (fields[1] === "branch.head") head = fields[2] === "(detached)" ? "" : `refs/heads/${fields[2] ?? ""}`;
        break;
      case "1": {
        const [, xy = "..", , inCommit = "", inIndex = "", inTree = "", commitBlob = "", blob = ""] = fields;
        const path = fields.slice(8).join(" ");
        committed.set(path, inCommit === "000000" ? ABSENT : `${inCommit} ${commitBlob}`);
        if (xy[0] !== ".") index.set(path, xy[0] === "D" ? ABSENT : `${inIndex} ${blob}`);
        if (xy[1] !== ".") files.push({ path, kind: inTree === "000000" ? "deleted" : "modified" });
        break;
      }
      case "u": {
        const path = fields.slice(10).join(" ");
        index.set(path, `unmerged ${fields.slice(7, 10).join(" ")}`);
        files.push({ path, kind: "modified" });
        break;
      }
      case "?":
        files.push({ path: record.slice(2), kind: "untracked" });
        break;
      case "!":
        // Folders that are ignored whole are not looked into: builds and dependencies change all the time.
        if (!record.endsWith("/")) files.push({ path: record.slice(2), kind: "ignored" });
        break;
      default:
        break;
    }
  }
  return { head, commit, index, committed, files };
}

async function seeFile(
  path: string,
): Promise<{ readonly stat: string; readonly size: number; readonly mode: string | undefined } | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  const stat = `${stats.mode} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.ino}`;
  return { stat, size: stats.size, mode: modeOf(stats) };
}

function modeOf(stats: { isSymbolicLink(): boolean; isFile(): boolean; readonly mode: number }): string | undefined {
  if (stats.isSymbolicLink()) return "120000";
  if (!stats.isFile()) return undefined;
  return (stats.mode & 0o100) === 0 ? "100644" : "100755";
}

/** What git would name the content, so that it can be compared with what a commit has. */
async function blobName(path: string, mode: string, isSha256: boolean): Promise<string> {
  const bytes = await (mode === "120000" ? readlink(path, { encoding: "buffer" }) : readFile(path)).catch(
    () => undefined,
  );
  if (bytes === undefined) return "unreadable";
  return createHash(isSha256 ? "sha256" : "sha1")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest("hex");
}

/** A commit's name tells; where there is none yet git is asked. */
async function usesSha256(repo: Repository, commit: string): Promise<boolean> {
  if (commit !== "") return commit.length === 64;
  return (await gitText(repo, ["rev-parse", "--show-object-format"])) === "sha256";
}

async function readRefs(repo: Repository): Promise<ReadonlyMap<string, string>> {
  const lines = (await gitText(repo, ["for-each-ref", "--format=%(refname) %(objectname)"])).split("\n");
  return new Map(
    lines
      .map((line) => line.split(" "))
      .flatMap(([name = "", id = ""]) => (name === "" || name.startsWith("refs/braid/") ? [] : [[name, id] as const])),
  );
}
