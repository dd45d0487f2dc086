import type { Failure } from "../failure";
import { found, ok, type Diagnosis } from "./diagnosis";

/** Judges what `git --version` said. `oldest` is the oldest version Braid works with. */
export function judgeGitVersion(said: string, oldest: readonly [number, number]): Diagnosis {
  const version = /(\d+)\.(\d+)(?:\.\d+)*/u.exec(said);
  const [major, minor] = [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)];
  const name = `git ${version?.[0] ?? said}`;
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return ok(`${name}.`);
  return found("problem", `${name} is too old; Braid needs ${oldest.join(".")} or newer.`, {
    text: "Install a newer git (https://git-scm.com/downloads).",
  });
}

/** A failure as what keeps a run from starting. */
export function asProblem({ message, hint, detail }: Failure): Diagnosis {
  return found("problem", message, hint === undefined ? undefined : { text: hint }, detail);
}

/** How a repository is kept. */
export interface RepositoryForm {
  readonly objectFormat: string;
  readonly refFormat: string;
  readonly shallow: boolean;
  /** The remote whose objects are fetched when they are needed; null for a full clone. */
  readonly promisor: string | null;
  /** Objects of the commit at HEAD that are not here; 0 for a full clone. */
  readonly missing: number;
}

/** Judges how a repository is kept: most of it is only good to know. */
export function judgeForm(form: RepositoryForm): readonly Diagnosis[] {
  const special = [
    ...(form.objectFormat === "sha1" ? [] : [ok(`Its objects are named by ${form.objectFormat}; runs work as usual.`)]),
    ...(form.refFormat === "files" ? [] : [ok(`Its refs are kept as ${form.refFormat}; runs work as usual.`)]),
    ...(form.shallow
      ? [
          found(
            "note",
            "The clone is shallow: runs work as usual, but the origin of a line ends where its history is cut.",
            { text: "Fetch the rest if you want it", line: "git fetch --unshallow" },
          ),
        ]
      : []),
    ...(form.promisor === null ? [] : [judgePartial(form.promisor, form.missing)]),
  ];
  return special.length === 0 ? [ok("A full clone.")] : special;
}

function judgePartial(remote: string, missing: number): Diagnosis {
  if (missing === 0) return ok("A partial clone; all of the current commit is here.");
  return found(
    "problem",
    `The clone is partial and lacks ${missing.toLocaleString("en")} objects of the current commit; Braid never fetches, so worktrees could not be checked out.`,
    { text: "Fetch them", line: `git fetch --refetch --no-filter ${remote}` },
  );
}

/** What the user's work tree holds that is not committed. */
export interface Uncommitted {
  readonly changed: number;
  readonly untracked: number;
  readonly conflicted: number;
}

/** Judges a dirty tree: nothing of it is touched, and no worker sees it. */
export function judgeUncommitted({ changed, untracked, conflicted }: Uncommitted): Diagnosis {
  const parts = [
    ...(changed === 0 ? [] : [`${changed} changed`]),
    ...(untracked === 0 ? [] : [`${untracked} untracked`]),
    ...(conflicted === 0 ? [] : [`${conflicted} in conflict`]),
  ];
  if (parts.length === 0) return ok("Nothing is uncommitted.");
  const last = parts.pop() ?? "";
  const files = `${parts.length === 0 ? last : `${parts.join(", ")} and ${last}`} ${changed + untracked + conflicted === 1 ? "file is" : "files are"}`;
  return found(
    changed + conflicted === 0 ? "note" : "warning",
    `${files} not committed: Braid leaves that as it is, and workers, who start from the last commit, do not see it.`,
    { text: "Commit what workers are to build on; an accept is refused where it would touch one of these files." },
  );
}

/** Judges what a command of git left half done in the work tree; null where nothing is. */
export function judgeHalfDone(failure: Failure | null): Diagnosis {
  if (failure === null) return ok("No merge, rebase or bisect is half done.");
  return found("warning", `${failure.message} Until it is over, no result can be accepted.`, {
    text: "Finish or abort it.",
  });
}

/** A submodule, and why a worktree would be without its files; null where it would have them. */
export interface SubmoduleState {
  readonly path: string;
  readonly problem: string | null;
}

/** Judges submodules: a worker has the files of those that are cloned here. */
export function judgeSubmodules(submodules: readonly SubmoduleState[]): Diagnosis {
  const absent = submodules.filter(({ problem }) => problem !== null);
  if (submodules.length === 0) return ok("No submodules.");
  if (absent.length === 0)
    return found(
      "note",
      `${submodules.length} submodules: workers get their files, but what they change in them is not part of a result.`,
    );
  return found(
    "warning",
    `Workers would be without the files of ${absent.length} of ${submodules.length} submodules.`,
    { text: "Clone them", line: "git submodule update --init" },
    absent.map(({ path, problem }) => `${path}: ${problem ?? ""}`).join("\n"),
  );
}

/** Judges files kept by Git LFS: they are pointers in a worktree, as fetching takes the network and your credentials. */
export function judgeLfs(count: number): Diagnosis {
  if (count === 0) return ok("No files are kept by Git LFS.");
  return found(
    "note",
    `${count.toLocaleString("en")} files are kept by Git LFS; in worktrees they are pointers, as Braid fetches nothing.`,
    { text: "If a check needs their contents, name them in .worktreeinclude or fetch them in a set-up command." },
  );
}

/** Judges a sparse checkout, which worktrees share. */
export function judgeSparse(sparse: boolean): Diagnosis {
  return sparse
    ? found("note", "The checkout is sparse; workers see the same part of the repository as you do.", {
        text: "Widen it if workers need more",
        line: "git sparse-checkout add FOLDER",
      })
    : ok("The checkout is not sparse.");
}
