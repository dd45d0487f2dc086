import { git, splitNul } from "./git";
import { commitTree } from "./commit";
import { BRAID } from "./identity";
import { treeOf, type Repository } from "./repository";

/** How a merge in memory went. Neither index nor work tree nor any ref was touched. */
export type Merged =
  | { readonly kind: "clean"; readonly tree: string }
  | { readonly kind: "conflict"; readonly files: readonly string[]; readonly messages: readonly string[] };

/** Merges two commits by their history. */
export async function mergeCommits(repo: Repository, ours: string, theirs: string): Promise<Merged> {
  const output = await git(repo, ["merge-tree", "--write-tree", "--name-only", "-z", ours, theirs], { expect: [0, 1] });
  const [tree = "", ...rest] = splitNul(output.stdout);
  if (output.exitCode === 0) return { kind: "clean", tree };
  const end = rest.indexOf("");
  const files = end === -1 ? rest : rest.slice(0, end);
  return { kind: "conflict", files: [...new Set(files)], messages: messagesOf(end === -1 ? [] : rest.slice(end + 1)) };
}

/**
 * Applies what `result` changed since `base` to `target`. The merge base is `base`'s tree whatever the history says, so
 * nothing that was rejected earlier can come back through a dependent. (Two throw-away commits on one root give
 * `merge-tree` that base from git 2.38 on; `--merge-base` wants 2.40.)
 */
export async function applyResult(
  repo: Repository,
  commits: { readonly base: string; readonly result: string; readonly target: string },
): Promise<Merged> {
  const [base, result, target] = await Promise.all([
    treeOf(repo, commits.base),
    treeOf(repo, commits.result),
    treeOf(repo, commits.target),
  ]);
  if (base === target) return { kind: "clean", tree: result };
  const throwAway = (tree: string, parents: readonly string[]) =>
    commitTree(repo, { tree, parents, message: "braid: merge in memory", by: BRAID, date: 0 });
  const root = await throwAway(base, []);
  const [ours, theirs] = await Promise.all([throwAway(target, [root]), throwAway(result, [root])]);
  return mergeCommits(repo, ours, theirs);
}

/** With `-z` each message is: number of paths, the paths, a type, the text. */
function messagesOf(fields: readonly string[]): readonly string[] {
  const messages: string[] = [];
  for (let i = 0; i < fields.length;) {
    const paths = Number(fields[i]);
    if (!Number.isInteger(paths)) break;
    messages.push((fields[i + paths + 2] ?? "").trim());
    i += paths + 3;
  }
  return messages.filter((message) => !message.startsWith("Auto-merging"));
}
