import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyHunks } from "../core/review/apply-hunks";
import { BraidError, failure } from "../core/failure";
import { hasNewHeader, type TakenFile } from "../core/review/selection";
import { rawDiff } from "./diff";
import { git, gitText } from "./git";
import type { Repository } from "./repository";

/**
 * A tree with what was taken of the changes between two commits, and with nothing else of them: built from blobs in an
 * index of its own, never by a patch that could land a line elsewhere. Work tree and index are not touched. `taken` comes
 * from the diff of the same two. Throws `selection.invalid` where the diff does not fit the commits.
 */
export async function partialTree(
  repo: Repository,
  commits: { readonly base: string; readonly commit: string },
  taken: readonly TakenFile[],
): Promise<string> {
  const entries = new Map<string, Entry[]>();
  for (const entry of await readEntries(repo, commits.base, commits.commit))
    entries.set(entry.path, [...(entries.get(entry.path) ?? []), entry]);
  const lines: string[] = [];
  for (const { file, take } of taken) {
    if (take === "none") continue;
    const [entry, second] = entries.get(file.path) ?? [];
    // Two names that are the same once they are text cannot be told apart by who chose one.
    if (entry === undefined || second !== undefined) throw misfit(file.path);
    const moved = take === "all" || take.includes(0);
    const [rawPath, mode] = moved ? [entry.rawPath, entry.newMode] : [entry.rawFrom, entry.oldMode];
    if (entry.rawFrom !== rawPath || entry.newMode === ABSENT)
      lines.push(line(ABSENT, "0".repeat(entry.newBlob.length), entry.rawFrom));
    if (take !== "all") {
      const hunks = hasNewHeader(file) ? take.filter((number) => number !== 0) : take;
      const blob = await mergeBlob(repo, entry, file, hunks);
      lines.push(line(mode, blob, rawPath));
    } else if (entry.newMode !== ABSENT) lines.push(line(mode, entry.newBlob, rawPath));
  }
  // Names that go make room for those that come.
  lines.sort((a, b) => Number(b.startsWith("0 ")) - Number(a.startsWith("0 ")));
  return writeTree(repo, commits.base, Buffer.from(lines.join(""), "latin1"));
}

const ABSENT = "000000";

/** A changed entry; names also as the bytes they are, in Latin-1. */
interface Entry {
  readonly path: string;
  readonly rawPath: string;
  readonly rawFrom: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: string;
  readonly newBlob: string;
}

async function readEntries(repo: Repository, from: string, to: string): Promise<readonly Entry[]> {
  const fields = (await rawDiff(repo, from, to)).toString("latin1").split("\0");
  const entries: Entry[] = [];
  for (let i = 0; i + 1 < fields.length;) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = "", status = ""] = (fields[i] ?? "").slice(1).split(" ");
    const renamed = /^[RC]/u.test(status);
    const rawFrom = fields[i + 1] ?? "";
    const rawPath = renamed ? (fields[i + 2] ?? "") : rawFrom;
    const path = Buffer.from(rawPath, "latin1").toString("utf8");
    entries.push({ path, rawPath, rawFrom, oldMode, newMode, oldBlob, newBlob });
    i += renamed ? 3 : 2;
  }
  return entries;
}

async function mergeBlob(
  repo: Repository,
  entry: Entry,
  { path, hunks }: TakenFile["file"],
  chosen: readonly number[],
): Promise<string> {
  if (chosen.length === 0) return entry.oldBlob;
  if (chosen.length === hunks.length) return entry.newBlob;
  const [base, result] = await Promise.all(
    [entry.oldBlob, entry.newBlob].map(async (blob) => (await git(repo, ["cat-file", "blob", blob])).stdout),
  );
  const bytes = base === undefined || result === undefined ? undefined : applyHunks(base, result, hunks, chosen);
  if (bytes === undefined) throw misfit(path);
  return gitText(repo, ["hash-object", "-w", "--stdin"], { input: Buffer.from(bytes) });
}

async function writeTree(repo: Repository, base: string, lines: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "braid-index-"));
  const env = { GIT_INDEX_FILE: join(folder, "index") };
  try {
    await git(repo, ["read-tree", base], { env });
    if (lines.length > 0) await git(repo, ["update-index", "-z", "--index-info"], { env, input: lines });
    return await gitText(repo, ["write-tree"], { env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function line(mode: string, blob: string, rawPath: string): string {
  return `${mode === ABSENT ? "0" : mode} ${blob}\t${rawPath}\0`;
}

function misfit(path: string): BraidError {
  return new BraidError(
    failure("selection.invalid", `What was chosen of ${path} does not fit its diff.`, {
      hint: "Look at the result again, or take the file whole.",
    }),
  );
}
