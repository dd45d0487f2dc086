import { constants, lstatSync } from "node:fs";
import { chmod, lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BraidError, failure } from "../core/failure";
import { unsafePathReason } from "../core/tree-path";
import { hasCode } from "../util/system-error";
import { git, gitError, type GitCall, type GitPlace } from "./git";

/** What stands at a path of a work tree and git cannot keep. */
export interface Unkept {
  readonly path: string;
  /** What it is, in words. */
  readonly what: string;
  /** Whether deleting it would lose something. */
  readonly holdsWork: boolean;
  /** The way out, one sentence. */
  readonly hint: string;
}

/**
 * Stages all that stands in a work tree, ignored files left out. What git cannot keep stays in the index as it was, and comes back:
 * git alone would stage nothing because of it. Files and folders nobody may read are made readable for as long as it takes.
 * `args` are more of `git add`'s. Throws what {@link git} throws.
 */
export async function addAll(
  place: GitPlace,
  args: readonly string[],
  call: Pick<GitCall, "env" | "signal"> = {},
): Promise<readonly Unkept[]> {
  const add = ["add", "--all", ...args];
  const first = await git(place, add, { ...call, expect: [0, 1, 128] });
  const isDenied = DENIED.test(first.stderr);
  if (first.exitCode === 0 && !isDenied) return [];
  const why = first.exitCode === 0 ? undefined : gitError(add, first);
  if (why !== undefined && why.failure.code !== "git.failed") throw why;
  const close = isDenied ? await openAll(place.dir) : NOTHING_OPENED;
  try {
    const second = await git(place, [...add, "--ignore-errors"], { ...call, expect: [0, 1] });
    const { stdout } = await git(place, ["ls-files", "-z", "--modified", "--others", "--exclude-standard"], call);
    const left = await Promise.all(namesIn(stdout).map((name) => whyUnkept(place.dir, name)));
    const unkept = left.filter((each) => each !== undefined);
    // What nothing at the path explains is some other trouble.
    if (second.exitCode !== 0 && (unkept.length === 0 || unkept.length < left.length)) throw gitError(add, second);
    return unkept;
  } finally {
    await close();
  }
}

/** Why git cannot keep what stands at a path below `dir`; undefined where that does not show. */
export async function whyUnkept(dir: string, name: Buffer): Promise<Unkept | undefined> {
  const path = name.toString("utf8");
  const at = Buffer.concat([Buffer.from(`${dir}/`), name]);
  const stats = await lstat(at).catch((error: unknown) => (hasCode(error, "EACCES") ? "denied" : undefined));
  if (stats === undefined) return undefined;
  const isDenied = stats === "denied" || (stats.isFile() && !(await isReadable(at)));
  if (isDenied) return { path, what: "a file nobody may read", holdsWork: true, hint: "Make it readable (chmod u+r)." };
  if (stats.isDirectory()) {
    if (!path.endsWith("/")) return undefined;
    return {
      path,
      what: "a git repository of its own, without a commit",
      holdsWork: true,
      hint: "Delete the .git in it.",
    };
  }
  const what = stats.isFIFO() ? "a named pipe" : stats.isSocket() ? "a socket" : undefined;
  const kind = what ?? (stats.isCharacterDevice() || stats.isBlockDevice() ? "a device" : undefined);
  if (kind === undefined && unsafePathReason(path) !== undefined)
    return { path, what: "a name git keeps for itself", holdsWork: true, hint: "Give it another name." };
  if (kind === undefined) return undefined;
  return { path, what: kind, holdsWork: false, hint: "Make it a plain file, or delete it." };
}

/** The failure that names what git could not keep; `dir` is where it stands, where that is not said otherwise. */
export function unkeptError(unkept: readonly Unkept[], dir?: string): BraidError {
  const where = dir === undefined ? "" : ` It is in ${dir}.`;
  return new BraidError(
    failure("tree.unsafe", describeUnkept(unkept), { hint: `${unkept[0]?.hint ?? ""}${where}`.trim() }),
  );
}

/** Throws {@link unkeptError} where deleting what git could not keep would lose something. */
export function refuseLost(unkept: readonly Unkept[], dir?: string): void {
  const lost = unkept.filter(({ holdsWork }) => holdsWork);
  if (lost.length > 0) throw unkeptError(lost, dir);
}

/** What git could not keep, one sentence. */
export function describeUnkept(unkept: readonly Unkept[]): string {
  const named = unkept.slice(0, MAX_NAMED).map(({ path, what }) => `${path} is ${what}`);
  if (unkept.length > MAX_NAMED) named.push(`and so on for ${unkept.length - MAX_NAMED} more`);
  return `${named.join(", ")}: git cannot keep that.`;
}

const MAX_NAMED = 3;
const DENIED = /Permission denied/u;
const NOTHING_OPENED = async (): Promise<void> => undefined;

function namesIn(output: Buffer): readonly Buffer[] {
  const names = new Set(output.toString("latin1").split("\0"));
  return [...names].filter((name) => name !== "").map((name) => Buffer.from(name, "latin1"));
}

async function isReadable(path: Buffer): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  await file?.close();
  return file !== undefined;
}

/** Makes folders and files below one readable, as far as they are ours; what it resolves with gives them their modes again. */
async function openAll(dir: string): Promise<() => Promise<void>> {
  const closed: { readonly path: string; readonly mode: number }[] = [];
  const openOne = async (path: string, wanted: number): Promise<void> => {
    const mode = modeOf(path);
    if (mode === undefined || (mode & wanted) === wanted) return;
    const isOpen = await chmod(path, mode | wanted).then(
      () => true,
      () => false,
    );
    if (isOpen) closed.push({ path, mode });
  };
  const walk = async (folder: string): Promise<void> => {
    await openOne(folder, FOLDER_OPEN);
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      // Links are not followed.
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) await openOne(path, FILE_OPEN);
    }
  };
  await walk(dir);
  return async () => {
    for (const { path, mode } of closed.toReversed()) await chmod(path, mode).catch(() => undefined);
  };
}

/** Undefined where nothing is there, or nobody lets us look. */
function modeOf(path: string): number | undefined {
  try {
    return lstatSync(path).mode & 0o7777;
  } catch {
    return undefined;
  }
}

const FOLDER_OPEN = 0o700;
const FILE_OPEN = 0o400;
