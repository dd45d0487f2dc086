import { conflictKind, type Conflict } from "../core/review/conflict";
import { git } from "./git";
import { splitNul } from "./split-nul";
import { commitTree } from "./commit";
import { BRAID } from "./identity";
import { keepFacts, OBJECT } from "./known";
import { hasObject } from "./refs";
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

/** Markers that hold the base as well tell a reader what each side did. */
const MERGE_TREE = ["-c", "merge.conflictStyle=zdiff3", "merge-tree", "--name-only"];

/** Merges two commits by their history. */
export async function mergeCommits(repo: Repository, ours: string, theirs: string): Promise<Merged> {
  const output = await git(repo, [...MERGE_TREE, "--write-tree", "-z", ours, theirs], { expect: [0, 1] });
  const [tree = "", ...rest] = splitNul(output.stdout);
  if (output.exitCode === 0) return { kind: "clean", tree };
  const end = rest.indexOf("");
  return conflicted(tree, end === -1 ? rest : rest.slice(0, end), end === -1 ? [] : rest.slice(end + 1));
}

function conflicted(tree: string, files: readonly string[], about: readonly string[]): Merged {
  const told = messagesOf(about);
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

/** What `result` changed since `base`, to be applied to `target`; trees or commits. */
export interface Application {
  readonly base: string;
  readonly result: string;
  readonly target: string;
}

/**
 * Applies what `result` changed since `base` to `target`. The merge base is `base`'s tree whatever the history says, so
 * nothing that was rejected earlier can come back through a dependent. (Two throw-away commits on one root give
 * `merge-tree` that base from git 2.38 on; `--merge-base` wants 2.40.)
 */
export async function applyResult(repo: Repository, application: Application): Promise<Merged> {
  const sides = await sidesOf(repo, application);
  return "kind" in sides ? sides : mergeCommits(repo, sides.ours, sides.theirs);
}

/** As {@link applyResult}, for several that have nothing to do with one another, by one process where git is new enough. */
export async function applyResults(repo: Repository, applications: readonly Application[]): Promise<readonly Merged[]> {
  const all: (Merged | Sides)[] = [];
  // One after the other: siblings share the commits they need.
  for (const each of applications) all.push(await sidesOf(repo, each));
  const open = all.filter((each) => "ours" in each);
  const merged = [...(await mergeAtOnce(repo, open))];
  const outcomes: Merged[] = [];
  for (const each of all)
    outcomes.push("kind" in each ? each : (merged.shift() ?? (await mergeCommits(repo, each.ours, each.theirs))));
  return outcomes;
}

/** Two commits with one root. */
interface Sides {
  readonly ours: string;
  readonly theirs: string;
}

async function sidesOf(repo: Repository, application: Application): Promise<Merged | Sides> {
  const [base, result, target] = await Promise.all([
    treeOf(repo, application.base),
    treeOf(repo, application.result),
    treeOf(repo, application.target),
  ]);
  if (base === target) return { kind: "clean", tree: result };
  const root = await throwAway(repo, base, []);
  const [ours, theirs] = await Promise.all([throwAway(repo, target, [root]), throwAway(repo, result, [root])]);
  return { ours, theirs };
}

const thrownAway = keepFacts<string>();

/** A commit for `merge-tree` alone. It always has the same name; nothing keeps it from git's cleaning up. */
async function throwAway(repo: Repository, tree: string, parents: readonly string[]): Promise<string> {
  const make = () => commitTree(repo, { tree, parents, message: "braid: merge in memory", by: BRAID, date: 0 });
  const known = await thrownAway(repo, [tree, ...parents], make);
  return (await hasObject(repo, known)) ? known : make();
}

/** Nothing where there are too few for it, or git is older than 2.39, which cannot. */
async function mergeAtOnce(repo: Repository, all: readonly Sides[]): Promise<readonly Merged[]> {
  if (all.length < 2) return [];
  const input = all.map(({ ours, theirs }) => `${ours} ${theirs}\n`).join("");
  const { exitCode, stdout } = await git(repo, [...MERGE_TREE, "--stdin"], { input, expect: [0, 129] });
  const merges = exitCode === 0 ? readMerges(splitNul(stdout)) : [];
  return merges.length === all.length && merges.every(({ tree }) => OBJECT.test(tree)) ? merges : [];
}

/** Each is: whether it is clean, the tree, and where it is not, the files and what is said of them; then a field that ends it. */
function readMerges(fields: readonly string[]): readonly Merged[] {
  const merges: Merged[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const [isClean, tree = ""] = fields.slice(at, at + 2);
    at += 2;
    if (isClean === "1") merges.push({ kind: "clean", tree });
    else {
      const said = fields.indexOf("", at) + 1;
      let end = said;
      // Where submodules conflict the last field is no empty one: it has words for who types this command.
      while (/^\d+$/u.test(fields[end] ?? "")) end += Number(fields[end]) + 3;
      merges.push(conflicted(tree, fields.slice(at, said - 1), fields.slice(said, end)));
      at = end;
    }
  }
  return merges;
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
