import type { ChangedFile } from "../core/state/events";
import { git } from "./git";
import { splitNul } from "./split-nul";
import type { Repository } from "./repository";

/** A path whose entry differs between two trees, with modes and blobs as git's raw format has them. */
export interface RawChange {
  readonly path: string;
  readonly from: string | undefined;
  readonly letter: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly newBlob: string;
}

/** `.gitmodules` is part of the tree under judgement and may not say what is left out of it. */
const QUIET = ["--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", "--submodule=short"];

/** Hunks have numbers, so no setting of the user's may cut or order them otherwise. */
const STABLE = ["--inter-hunk-context=0", "--diff-algorithm=histogram", "--indent-heuristic", "-O/dev/null", "-M"];

/** The whole difference as `git diff` prints it, for the parser in core/review/hunks; with `folder` only what is below it. */
export async function diffText(
  repo: Repository,
  from: string,
  to: string,
  folder: string | null = null,
): Promise<string> {
  const args = [
    "diff",
    ...QUIET,
    ...STABLE,
    "-U3",
    "--full-index",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    from,
    to,
    "--",
  ];
  return (await git(repo, [...args, ...below(folder)])).stdout.toString("utf8");
}

/** A folder as a path, whatever characters its name has. */
function below(folder: string | null): readonly string[] {
  return folder === null ? [] : [`:(top,literal)${folder}`];
}

/** Which entries differ, with renames found. */
export async function rawChanges(
  repo: Repository,
  from: string,
  to: string,
  folder: string | null = null,
): Promise<readonly RawChange[]> {
  const fields = splitNul(await rawDiff(repo, from, to, folder));
  const changes: RawChange[] = [];
  for (let i = 0; i < fields.length;) {
    const [oldMode = "", newMode = "", , newBlob = "", status = ""] = (fields[i] ?? "").replace(/^:/u, "").split(" ");
    const renamed = status.startsWith("R") || status.startsWith("C");
    const first = fields[i + 1] ?? "";
    changes.push({
      path: renamed ? (fields[i + 2] ?? "") : first,
      from: renamed ? first : undefined,
      letter: status.charAt(0),
      oldMode,
      newMode,
      newBlob,
    });
    i += renamed ? 3 : 2;
  }
  return changes;
}

/** What `git diff --raw -z` says; names as the bytes they are. */
export async function rawDiff(
  repo: Repository,
  from: string,
  to: string,
  folder: string | null = null,
): Promise<Buffer> {
  const args = ["diff", ...QUIET, ...STABLE, "--raw", "--abbrev=64", "-z", from, to, "--", ...below(folder)];
  return (await git(repo, args)).stdout;
}

/** The changed files with their line counts, as lists and the log show them. */
export async function changedFiles(
  repo: Repository,
  from: string,
  to: string,
  folder: string | null = null,
): Promise<readonly ChangedFile[]> {
  const [changes, counts] = await Promise.all([rawChanges(repo, from, to, folder), lineCounts(repo, from, to, folder)]);
  return changes.map((change) => {
    const count = counts.get(change.path);
    return {
      path: change.path,
      status: statusOf(change.letter),
      ...(change.from === undefined ? {} : { from: change.from }),
      ...(count === undefined ? {} : count),
    };
  });
}

type LineCount = { readonly added: number; readonly deleted: number };

async function lineCounts(
  repo: Repository,
  from: string,
  to: string,
  folder: string | null,
): Promise<ReadonlyMap<string, LineCount>> {
  const { stdout } = await git(repo, [
    "diff",
    ...QUIET,
    ...STABLE,
    "--numstat",
    "-z",
    from,
    to,
    "--",
    ...below(folder),
  ]);
  const fields = splitNul(stdout);
  const counts = new Map<string, LineCount>();
  for (let i = 0; i < fields.length; i += 1) {
    const [added = "-", deleted = "-", path = ""] = (fields[i] ?? "").split("\t");
    // A rename has an empty path here and its two names in the next two fields.
    const name = path === "" ? (fields[i + 2] ?? "") : path;
    if (path === "") i += 2;
    if (added !== "-") counts.set(name, { added: Number(added), deleted: Number(deleted) });
  }
  return counts;
}

function statusOf(letter: string): ChangedFile["status"] {
  switch (letter) {
    case "A":
    case "C":
      return "added";
    case "D":
      return "deleted";
    case "R":
      return "renamed";
    case "T":
      return "type-changed";
    default:
      return "modified";
  }
}
