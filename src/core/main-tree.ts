import { filesOverlap } from "./gate/overlap";

/** A file of the user's work tree whose content is not what the index says, or that git does not track. */
export interface FileMark {
  readonly kind: "modified" | "deleted" | "untracked" | "ignored";
  /** Mode and blob as git would name it, or size and times where it was too large to read. */
  readonly mark: string;
}

/** The user's files, index and refs at one moment; what equals the commit or the index is not listed. */
export interface MainTree {
  /** Full name of the branch HEAD names; empty when detached. */
  readonly head: string;
  readonly commit: string;
  readonly refs: ReadonlyMap<string, string>;
  /** Index entries that differ from the commit, as mode and blob; {@link ABSENT} where the entry is gone. */
  readonly index: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FileMark>;
  /** What the commit has at these paths, where git said it along the way. */
  readonly committed: ReadonlyMap<string, string>;
}

/** SHA-256 of files, index and refs, in hexadecimal; index and files include the commit they rest on. */
export interface TreeDigests {
  readonly files: string;
  readonly index: string;
  readonly refs: string;
}

/** No entry there. */
export const ABSENT = "absent";

/** How the entries of two commits differ; each side as mode and blob, or {@link ABSENT}. */
export type CommitDiff = ReadonlyMap<string, { readonly old: string; readonly new: string }>;

/** A commit Braid put on the branch. */
export interface LandedCommit {
  readonly what: "accept" | "undo";
  readonly subtask: string;
  /** Full ref name. */
  readonly target: string;
  readonly commit: string;
  /** What it changed. */
  readonly diff: CommitDiff;
}

/** Something that is not as it was, and whose it is as far as Braid can tell. */
export interface TreeDifference {
  readonly what: "file" | "index" | "file and index" | "ref" | "head";
  /** Path, ref, or what HEAD names now. */
  readonly name: string;
  /** `unknown` is worth a look: somebody wrote what a worker was also at, or a worker was not shut in. */
  readonly by: "braid" | "you" | "unknown";
  readonly why: string;
}

/** What happened between two moments, for {@link differencesOf}. */
export interface Between {
  /** How the commits of the two moments differ. */
  readonly diff: CommitDiff;
  readonly landed: readonly LandedCommit[];
  /** Subtasks that were at work, and what they may change or have changed. */
  readonly workers: readonly { readonly subtask: string; readonly paths: readonly string[] }[];
  /** Whether any command of a worker ran without a sandbox. */
  readonly unsandboxed: boolean;
}

/**
 * Names everything that differs between two moments. What equals an accept's commit to the byte is Braid's. For the
 * rest nobody can say who wrote it; the sandbox says that no worker can have, and `unknown` where it cannot say so.
 */
export function differencesOf(before: MainTree, after: MainTree, between: Between): readonly TreeDifference[] {
  return [...pathDifferences(before, after, between), ...refDifferences(before, after, between)];
}

function pathDifferences(before: MainTree, after: MainTree, between: Between): readonly TreeDifference[] {
  const paths = new Set([
    ...before.index.keys(),
    ...after.index.keys(),
    ...before.files.keys(),
    ...after.files.keys(),
    ...between.diff.keys(),
  ]);
  return [...paths].toSorted().flatMap((path): readonly TreeDifference[] => {
    const index = {
      old: before.index.get(path) ?? committedAt(path, between.diff.get(path)?.old, before, after),
      new: after.index.get(path) ?? committedAt(path, between.diff.get(path)?.new, after, before),
    };
    const file = { old: fileAt(before, path, index.old), new: fileAt(after, path, index.new) };
    const [isIndex, isFile] = [index.old !== index.new, file.old !== file.new];
    if (!isIndex && !isFile) return [];
    const what = isIndex && isFile ? "file and index" : isIndex ? "index" : "file";
    const landed = between.landed.findLast((one) => one.diff.has(path));
    const wanted = landed?.diff.get(path)?.new;
    if (landed !== undefined && index.new === wanted && (!isFile || file.new === wanted))
      return [{ what, name: path, by: "braid", why: `${landed.what} of "${landed.subtask}"` }];
    return [{ what, name: path, ...ownerOf(path, between) }];
  });
}

/** Entries nobody lists are as the commit has them, the same on both sides. */
const AS_COMMITTED = "as committed";

/** Where the two commits do not differ at a path, what is known of one is true of the other. */
function committedAt(path: string, differs: string | undefined, tree: MainTree, other: MainTree): string {
  return differs ?? tree.committed.get(path) ?? other.committed.get(path) ?? AS_COMMITTED;
}

function fileAt(tree: MainTree, path: string, index: string): string {
  const file = tree.files.get(path);
  if (file === undefined) return index;
  return file.kind === "deleted" ? ABSENT : file.mark;
}

function ownerOf(path: string, { workers, unsandboxed }: Between): Pick<TreeDifference, "by" | "why"> {
  if (unsandboxed) return { by: "unknown", why: "commands of workers ran without a sandbox" };
  const worker = workers.find((one) => one.paths.some((pattern) => filesOverlap(pattern, path)));
  if (worker === undefined) return { by: "you", why: "not Braid's, and no worker can write here" };
  return {
    by: "unknown",
    why: `"${worker.subtask}" was at this path in its own worktree; the sandbox keeps it from here, but who wrote this Braid cannot see`,
  };
}

function refDifferences(before: MainTree, after: MainTree, between: Between): readonly TreeDifference[] {
  const names = [...new Set([...before.refs.keys(), ...after.refs.keys()])].toSorted();
  const others: Pick<TreeDifference, "by" | "why"> = between.unsandboxed
    ? { by: "unknown", why: "commands of workers ran without a sandbox" }
    : { by: "you", why: "not Braid's, and no worker can move refs" };
  const refs = names.flatMap((name): readonly TreeDifference[] => {
    if (before.refs.get(name) === after.refs.get(name)) return [];
    const landed = between.landed.findLast((one) => one.target === name && one.commit === after.refs.get(name));
    return [
      landed === undefined
        ? { what: "ref", name, ...others }
        : { what: "ref", name, by: "braid", why: `${landed.what} of "${landed.subtask}"` },
    ];
  });
  return before.head === after.head
    ? refs
    : [...refs, { what: "head", name: after.head === "" ? after.commit : after.head, ...others }];
}

/** How often the user's tree was looked at, and what was found. */
export interface TreeWatch {
  readonly digests: TreeDigests;
  /** Milliseconds since the epoch, first and last. */
  readonly since: number;
  readonly at: number;
  /** All that differed since the run began, the latest last, at most {@link KEPT_DIFFERENCES}. */
  readonly differences: readonly TreeDifference[];
  /** By whom, all of them counted. */
  readonly counts: Readonly<Record<TreeDifference["by"], number>>;
}

/** Differences that are kept and told one by one; the rest is counted. */
export const KEPT_DIFFERENCES = 100;

/** The user's files, index and refs were looked at: how they stand, and what is not as it was the last time. */
export interface TreeEvent {
  readonly type: "tree.compared";
  readonly moment: "start" | "accept" | "end";
  readonly digests: TreeDigests;
  /** At most {@link KEPT_DIFFERENCES}; `counts` has all of them. */
  readonly differences: readonly TreeDifference[];
  readonly counts: TreeWatch["counts"];
  readonly durationMs: number;
}

/** In a sentence, and a line for each thing that is worth a look. */
export function describeTreeWatch({
  counts,
  differences,
}: Pick<TreeWatch, "counts" | "differences">): readonly string[] {
  const total = counts.braid + counts.you + counts.unknown;
  if (total === 0) return ["Your files, index and refs are as they were."];
  const parts = [
    counts.braid > 0 ? `${counts.braid} changed by accepts` : "",
    counts.you > 0 ? `${counts.you} changed by you` : "",
    counts.unknown > 0 ? `${counts.unknown} to look at` : "",
  ].filter((part) => part !== "");
  return [
    `Your files, index and refs: ${parts.join(", ")}; the rest is as it was.`,
    ...differences.filter((one) => one.by === "unknown").map((one) => `  ${one.what} ${one.name}: ${one.why}`),
  ];
}
