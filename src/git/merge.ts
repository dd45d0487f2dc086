import { conflictKind, type Conflict } from "../core/review/conflict";
import { git } from "./git";
import { splitNul } from "./split-nul";
import { commitTree } from "./commit";
import { BRAID } from "./identity";
import { treeOf, type Repository } from "./repository";

/** How a merge in memory went. Neither index nor work tree nor any ref was touched. */
export type Merged =
  | { readonly kind: "clean"; readonly tree: string }
  | {
      readonly kind: "conflict";
      /** What could be merged, with conflict markers where it could not. */
      readonly tree: string;
      readonly files: readonly string[];
      readonly conflicts: readonly Conflict[];
      readonly messages: readonly string[];
    };

/** Merges two commits by their history. */
export async function mergeCommits(repo: Repository, ours: string, theirs: string): Promise<Merged> {
  // Markers that hold the base as well tell a reader what each side did.
  const args = ["-c", "merge.conflictStyle=zdiff3", "merge-tree", "--write-tree", "--name-only", "-z", ours, theirs];
  const output = await git(repo, args, { expect: [0, 1] });
  const [tree = "", ...rest] = splitNul(output.stdout);
  if (output.exitCode === 0) return { kind: "clean", tree };
  const end = rest.indexOf("");
  const files = end === -1 ? rest : rest.slice(0, end);
  const told = messagesOf(end === -1 ? [] : rest.slice(end + 1));
  const messages = told.map((each) => each.message).filter((message) => !message.startsWith("Auto-merging"));
  const conflicts = told.flatMap(({ type, paths, message }): readonly Conflict[] => {
    const kind = conflictKind(type, message);
    return kind === undefined ? [] : [{ kind, paths, message }];
  });
  return { kind: "conflict", tree, files: [...new Set(files)], conflicts: oncePerFile(conflicts), messages };
}

/** Git says of a binary file or a submodule both what it is and that it conflicts; the more telling word counts. */
function oncePerFile(conflicts: readonly Conflict[]): readonly Conflict[] {
  const keyOf = ({ paths }: Conflict) => paths.join("\0");
  const telling = new Set(conflicts.filter(({ kind }) => kind === "binary" || kind === "submodule").map(keyOf));
  const seen = new Set<string>();
  return conflicts.filter((conflict) => {
    const key = `${conflict.kind}\0${keyOf(conflict)}`;
    const repeats = seen.has(key) || (isPlain(conflict) && telling.has(keyOf(conflict)));
    seen.add(key);
    return !repeats;
  });
}

function isPlain({ kind }: Conflict): boolean {
  return kind === "content" || kind === "add/add";
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
function messagesOf(fields: readonly string[]) {
  const messages: { readonly paths: readonly string[]; readonly type: string; readonly message: string }[] = [];
  for (let i = 0; i < fields.length;) {
    const paths = Number(fields[i]);
    if (!Number.isInteger(paths)) break;
    messages.push({
      paths: fields.slice(i + 1, i + paths + 1),
      type: fields[i + paths + 1] ?? "",
      message: (fields[i + paths + 2] ?? "").trim(),
    });
    i += paths + 3;
  }
  return messages;
}
