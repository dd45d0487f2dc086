import type { ChangedFile } from "../core/state/events";
import { git, type GitOutput } from "./git";
import { keepFacts, OBJECT } from "./known";
import { splitNul } from "./split-nul";
import { treeOf, type Repository } from "./repository";
import { diffStanding } from "./standing-diff";

/** A path whose entry differs between two trees, with modes and blobs as git's raw format has them. */
export interface RawChange {
  readonly path: string;
  readonly from: string | undefined;
  readonly letter: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: string;
  readonly newBlob: string;
}

/** `.gitmodules` is part of the tree under judgement and may not say what is left out of it. */
const QUIET = ["--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", "--submodule=short"];

/** Hunks have numbers, so no setting of the user's may cut or order them otherwise. */
const STABLE = ["--inter-hunk-context=0", "--diff-algorithm=histogram", "--indent-heuristic", "-O/dev/null", "-M"];

/** The most of a difference that is read, and the largest file that is compared line by line, in bytes. */
export const MAX_DIFF_BYTES = 64 * 1024 ** 2;
const MAX_FILE = "16m";

/**
 * The difference as `git diff` prints it, for the parser in core/hunks; with `folder` only what is below it. What is beyond
 * {@link MAX_DIFF_BYTES} is cut off: for readers who need not have all of it.
 */
export async function diffText(
  repo: Repository,
  from: string,
  to: string,
  folder: string | null = null,
): Promise<string> {
  return (await readDiff(repo, from, to, { folder, maxBytes: MAX_DIFF_BYTES })).stdout.toString("utf8");
}

/** The whole difference; undefined where it is larger than `maxBytes`. */
export async function wholeDiffText(
  repo: Repository,
  from: string,
  to: string,
  maxBytes: number = MAX_DIFF_BYTES,
): Promise<string | undefined> {
  const { stdout, isCut } = await readDiff(repo, from, to, { folder: null, maxBytes });
  return isCut === true ? undefined : stdout.toString("utf8");
}

/** The difference of these paths alone, without looking for renames; undefined where it is larger than {@link MAX_DIFF_BYTES}. */
export async function pathsDiffText(
  repo: Repository,
  from: string,
  to: string,
  paths: readonly string[],
): Promise<string | undefined> {
  const { stdout, isCut } = await readDiff(repo, from, to, { paths, maxBytes: MAX_DIFF_BYTES });
  return isCut === true ? undefined : stdout.toString("utf8");
}

/** What of a difference is read; `paths` are taken for themselves, without renames. */
interface DiffPart {
  readonly folder?: string | null;
  readonly paths?: readonly string[];
  readonly maxBytes: number;
}

function readDiff(
  repo: Repository,
  from: string,
  to: string,
  { folder = null, paths, maxBytes }: DiffPart,
): Promise<GitOutput> {
  const renames = paths === undefined ? [] : ["--no-renames"];
  const how = [...QUIET, ...STABLE, ...renames, "-U3", "--full-index", "--src-prefix=a/", "--dst-prefix=b/"];
  const where = paths === undefined ? below(folder) : paths.flatMap(below);
  // What is larger than this git takes for binary: it goes whole, and nobody reads it line by line.
  const place = { dir: repo.dir, config: [`core.bigFileThreshold=${MAX_FILE}`] };
  return git(place, ["diff", ...how, from, to, "--", ...where], { maxBytes });
}

/** A folder as a path, whatever characters its name has. */
function below(folder: string | null): readonly string[] {
  return folder === null ? [] : [`:(top,literal)${folder}`];
}

/** Which entries differ, with renames found. */
export async function rawChanges(repo: Repository, from: string, to: string): Promise<readonly RawChange[]> {
  return readRaw(splitNul(await rawDiff(repo, from, to))).changes;
}

const raws = keepFacts<Buffer>();

/** Candidates beyond which only copies of the same bytes are found: the rest would have to be compared one by one. */
const MAX_COPY_PAIRS = 100;

/** New paths that look to be copies, each with the path in `from` it was copied from. A help for the eye: no part of what goes in. */
export async function copiesIn(repo: Repository, from: string, to: string): Promise<ReadonlyMap<string, string>> {
  const how = [...QUIET, ...STABLE, "-C", "--find-copies-harder", `-l${MAX_COPY_PAIRS}`];
  const { stdout } = await git(repo, ["diff", ...how, "--diff-filter=C", "--name-status", "-z", from, to, "--"]);
  const fields = splitNul(stdout);
  const copies = new Map<string, string>();
  for (let i = 0; i + 2 < fields.length; i += 3) copies.set(fields[i + 2] ?? "", fields[i + 1] ?? "");
  return copies;
}

/** What `git diff --raw -z` says; names as the bytes they are. */
export async function rawDiff(repo: Repository, from: string, to: string): Promise<Buffer> {
  const trees = await treesOf(repo, from, to);
  const args = ["diff", ...QUIET, ...STABLE, "--raw", "--abbrev=64", "-z", ...trees, "--"];
  return raws(repo, trees, async () => {
    // What was asked with line counts has the same before them.
    const more = counted.known(repo, trees);
    return more === undefined ? (await git(repo, args)).stdout : rawPart(await more);
  });
}

/** Commits of the same files differ alike. */
function treesOf(repo: Repository, ...names: readonly string[]): Promise<readonly string[]> {
  return Promise.all(names.map(async (name) => (OBJECT.test(name) ? treeOf(repo, name) : name)));
}

/** What counts as text is for attributes to say as well; what they say now is not looked at again. */
const counted = keepFacts<Buffer>();

/** The entries of the raw format alone; each is two or three fields, the first of which begins with a colon. */
function rawPart(output: Buffer): Buffer {
  let at = 0;
  while (output[at] === COLON) {
    const status = output.indexOf(0, at);
    const letter = output[output.lastIndexOf(SPACE, status) + 1];
    const names = letter === RENAMED || letter === COPIED ? 2 : 1;
    at = status + 1;
    for (let i = 0; i < names; i += 1) at = output.indexOf(0, at) + 1;
  }
  return output.subarray(0, at);
}

const COLON = ":".charCodeAt(0);
const SPACE = " ";
const RENAMED = "R".charCodeAt(0);
const COPIED = "C".charCodeAt(0);

/** The changed files with their line counts, as lists and the log show them; with `folder` only those below it. */
export async function changedFiles(
  repo: Repository,
  from: string,
  to: string,
  folder: string | null = null,
): Promise<readonly ChangedFile[]> {
  const how = [...QUIET, ...STABLE, "--raw", "--abbrev=64", "--numstat", "-z"];
  const trees = await treesOf(repo, from, to);
  const read = async () => (await git(repo, ["diff", ...how, ...trees, "--", ...below(folder)])).stdout;
  const readAll = async () => (await diffStanding(repo, how, trees)) ?? read();
  const stdout = await (folder === null ? counted(repo, trees, readAll) : read());
  const { changes, rest } = readRaw(splitNul(stdout));
  const counts = lineCounts(rest);
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

/** The entries of the raw format, and the fields behind them. */
function readRaw(fields: readonly string[]): {
  readonly changes: readonly RawChange[];
  readonly rest: readonly string[];
} {
  const changes: RawChange[] = [];
  let i = 0;
  for (let field = fields[i]; field?.startsWith(":"); field = fields[i]) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = "", status = ""] = field.slice(1).split(" ");
    const renamed = status.startsWith("R") || status.startsWith("C");
    const first = fields[i + 1] ?? "";
    changes.push({
      path: renamed ? (fields[i + 2] ?? "") : first,
      from: renamed ? first : undefined,
      letter: status.charAt(0),
      oldMode,
      newMode,
      oldBlob,
      newBlob,
    });
    i += renamed ? 3 : 2;
  }
  return { changes, rest: fields.slice(i) };
}

type LineCount = { readonly added: number; readonly deleted: number };

function lineCounts(fields: readonly string[]): ReadonlyMap<string, LineCount> {
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
