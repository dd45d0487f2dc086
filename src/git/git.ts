import { accessSync, constants, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { BraidError, failure } from "../core/failure";
import { driverGuard, type PlaceConfig } from "./drivers";
import { heldLock } from "./held-lock";
import { pastPipes } from "./pipes";
import { runGitAside } from "./process-host";
import { runGit } from "./run-git";
import { isOpened, trustedPath } from "./trusted-path";

/** How git ended. `stdout` is bytes, because paths and blobs need not be UTF-8. */
export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Whether there would have been more than `maxBytes`. */
  readonly isCut?: boolean;
}

/** What a call expects and carries. Any exit code not expected is a thrown `git.failed`. */
export interface GitCall {
  readonly expect?: readonly number[];
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The most bytes of output that are wanted: git is stopped there, and what it printed until then is what there is. */
  readonly maxBytes?: number;
  /** Leaves the user's hooks and signing to the user's own settings. */
  readonly asUser?: boolean;
}

/** Where git runs. With `gitDir` the work tree's own `.git` pointer is not believed: agents can write there. */
export interface GitPlace {
  readonly dir: string;
  readonly gitDir?: string;
  /** Settings of this place beside the ones every call has. */
  readonly config?: readonly string[];
}

/**
 * Settings no repository may override: nothing runs by itself, nothing asks, nothing pages, and paths come out raw.
 */
const CONFIG = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.pager=cat",
  "core.quotePath=false",
  "core.longPaths=true",
  "commit.gpgSign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "safe.bareRepository=explicit",
  "protocol.ext.allow=never",
  "diff.external=",
  "log.showSignature=false",
  // A worker's line ends are as good as any: with it one file would keep all others out of the result.
  "core.safecrlf=false",
  "submodule.recurse=false",
];

/** Whether a setting leaves alone what the user has git do with each commit. */
function isNotCustom(setting: string): boolean {
  return !setting.startsWith("core.hooksPath=") && !setting.startsWith("commit.gpgSign=");
}

/** Commands that write index or files where they run. */
const MOVES_FILES = new Set(["read-tree", "update-index", "checkout-index", "reset", "commit", "restore"]);

/** The environment variables a call may set; the rest of the guarded ones never reach git. */
const OWN_ENVIRONMENT = [
  "GIT_TERMINAL_PROMPT",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_OPTIONAL_LOCKS",
  "GIT_ALLOW_PROTOCOL",
  "GIT_NO_LAZY_FETCH",
  "GIT_INDEX_FILE",
  "GIT_AUTHOR_NAME",
  "GIT_AUTHOR_EMAIL",
  "GIT_AUTHOR_DATE",
  "GIT_COMMITTER_NAME",
  "GIT_COMMITTER_EMAIL",
  "GIT_COMMITTER_DATE",
];

/** What git inherits: where programs, the user's own settings and temporary files are. No `GIT_*`, no tokens. */
const INHERITED = [
  "PATH",
  "HOME",
  "XDG_CONFIG_HOME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "USER",
  "LOGNAME",
  "SYSTEMROOT",
  "USERPROFILE",
  "APPDATA",
];

/**
 * The one door to git. Runs `git ARGS` at `place` with hardened settings and resolves with its output.
 *
 * Throws a {@link BraidError}: `git.missing`, `git.failed` (with the command's own words), `disk.full`; rejects with
 * the signal's reason when aborted.
 */
export async function git(place: GitPlace, args: readonly string[], call: GitCall = {}): Promise<GitOutput> {
  return run(place, args, { ...call, env: { ...(await guardOf(place)), ...call.env } });
}

/** Environment that keeps the programs away that the repository at `place` names for its files. Throws `git.failed`. */
export async function guardOf(place: GitPlace): Promise<Readonly<Record<string, string>>> {
  return (await configOf(place)).guard;
}

/** What the configuration says at `place`, read anew where its files have changed. Throws `git.failed`. */
export function configOf(place: GitPlace): Promise<PlaceConfig> {
  const read = async () => (await run(place, ["config", "--list", "-z", "--show-scope", "--show-origin"], {})).stdout;
  return driverGuard(`${place.dir}\0${place.gitDir ?? ""}`, place.dir, read, commonConfigOf(place));
}

/** The configuration a worktree of ours shares with its repository; its metadata is a folder of the repository's. */
function commonConfigOf({ gitDir }: GitPlace): string | undefined {
  const worktrees = gitDir === undefined ? "" : dirname(gitDir);
  return basename(worktrees) === "worktrees" ? join(dirname(worktrees), "config") : undefined;
}

async function run(place: GitPlace, args: readonly string[], call: GitCall): Promise<GitOutput> {
  call.signal?.throwIfAborted();
  if (!existsSync(place.dir))
    throw new BraidError(
      failure("worktree.failed", `The folder ${place.dir} is gone.`, { hint: "Put it back, or try again." }),
    );
  const movesFiles = place.gitDir === undefined && MOVES_FILES.has(args[0] ?? "");
  const running = (movesFiles ? runGit : runGitAside)(
    {
      dir: place.dir,
      binary: gitBinary(),
      config: [...(call.asUser === true ? CONFIG.filter(isNotCustom) : CONFIG), ...(place.config ?? [])],
      args: [...(place.gitDir === undefined ? [] : [`--git-dir=${place.gitDir}`, `--work-tree=${place.dir}`]), ...args],
      env: { ...environment(), ...call.env },
      allowed: [...OWN_ENVIRONMENT, ...Object.keys(call.env ?? {}).filter((name) => name.startsWith("GIT_CONFIG_"))],
      input: call.input,
      maxBytes: call.maxBytes,
    },
    call.signal,
  );
  // In the user's own folder nobody but the user makes one.
  const ending = await (place.gitDir === undefined ? running : pastPipes(place.dir, running));
  call.signal?.throwIfAborted();
  if (ending.kind === "failed")
    throw new BraidError(failure("git.failed", `git ${args[0] ?? ""} ${ending.message}`), { cause: ending.cause });
  if (!(call.expect ?? [0]).includes(ending.exitCode)) throw gitError(args, ending);
  return ending;
}

/** Standard output as text, without the final newline. */
export async function gitText(place: GitPlace, args: readonly string[], call: GitCall = {}): Promise<string> {
  return (await git(place, args, call)).stdout.toString("utf8").trimEnd();
}

/** The environment every git process gets. */
export function environment(): Record<string, string> {
  const env: Record<string, string> = {
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
    // Nothing is fetched: a partial clone's remote would be asked by programs that its own configuration names. Older
    // git does not know the first and has no protocol left to fetch by.
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "none",
  };
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** `-c` arguments of {@link CONFIG}, for the one process that has to be spoken to while it runs. */
export function configArguments(how: "hardened" | "as the user" = "hardened"): readonly string[] {
  const settings = how === "hardened" ? CONFIG : CONFIG.filter(isNotCustom);
  return settings.flatMap((setting) => ["-c", setting]);
}

let found: string | undefined;

/** Absolute path of git; a planted one, by a relative PATH or in a work tree that was opened, does not count. Throws `git.missing`. */
export function gitBinary(): string {
  if (found !== undefined && !isOpened(found)) return found;
  const names = process.platform === "win32" ? ["git.exe"] : ["git"];
  for (const folder of trustedPath()) {
    for (const name of names) {
      const candidate = join(folder, name);
      try {
        accessSync(candidate, constants.X_OK);
        found = candidate;
        return candidate;
      } catch {
        continue;
      }
    }
  }
  throw new BraidError(
    failure("git.missing", "git was not found on the PATH.", {
      hint: "Install git 2.38 or newer (https://git-scm.com/downloads).",
    }),
  );
}

/** What git's own words mean for people. */
export function gitError(args: readonly string[], output: GitOutput): BraidError {
  const words = output.stderr.trim() || output.stdout.toString("utf8").trim();
  if (/No space left on device|Disk quota exceeded/u.test(words))
    return new BraidError(
      failure("disk.full", "The disk is full; git could not write.", {
        hint: "Free some space, then try again.",
        detail: words,
      }),
    );
  if (/detected dubious ownership/u.test(words))
    return new BraidError(
      failure("git.failed", "git refuses this repository because another user owns it.", {
        hint: "If you trust it: git config --global --add safe.directory <folder>.",
        detail: words,
      }),
    );
  const held = heldLock(words);
  if (held !== undefined) return held;
  const first = words.split("\n", 1)[0] ?? "";
  return new BraidError(
    failure("git.failed", `git ${args[0] ?? ""} failed (${output.exitCode}): ${first}`, { detail: words }),
  );
}
