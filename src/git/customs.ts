import { spawn } from "node:child_process";
import { access, constants, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BraidError, failure } from "../core/failure";
import { commitTree } from "./commit";
import { configArguments, configOf, environment, git, gitBinary, gitText, guardOf } from "./git";
import { commitEnvironment, type Identity } from "./identity";
import { treeOf, type Repository } from "./repository";
import type { Worktree } from "./worktree";
import { requireFileRoom } from "./file-room";

/** What the user has git do with every commit. */
export interface CommitCustoms {
  /** Absolute folder of the hooks; null where none of them has a word in a commit. */
  readonly hooks: string | null;
  readonly signs: boolean;
}

/** How long hooks and signing may take together, in milliseconds. A passphrase nobody is asked for ends here as well. */
export const CUSTOMS_TIMEOUT_MS = 120_000;

/** Hooks that can stop or change a commit. */
const HOOKS = ["pre-commit", "prepare-commit-msg", "commit-msg"];
/** What a signing program needs to find its keys. */
export const SIGNING_ENVIRONMENT = ["GNUPGHOME", "GPG_TTY", "SSH_AUTH_SOCK"];
/** Characters of a hook's output that are kept, from its end. */
const KEPT_OUTPUT = 8_000;

/** The customs of a repository, as its own settings and hooks folder have them; never those of a result. */
export async function readCustoms(repo: Repository): Promise<CommitCustoms> {
  // Git is asked how it takes what is set; mostly nothing is.
  const { settings } = await configOf(repo);
  const ask = async (name: string, type: string, expect: readonly number[]): Promise<string> => {
    if (!settings.has(name.toLowerCase())) return "";
    const args = ["config", `--type=${type}`, "--get", name];
    return (await git(repo, args, { expect, asUser: true })).stdout.toString("utf8").trim();
  };
  const path = await ask("core.hooksPath", "path", [0, 1]);
  const hooks = path === "" ? join(repo.commonDir, "hooks") : resolve(repo.dir, path);
  const found = await Promise.all(
    HOOKS.map((name) =>
      access(join(hooks, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  const signs = await ask("commit.gpgSign", "bool", [0, 1, 128]);
  return { hooks: found.includes(true) ? hooks : null, signs: signs === "true" };
}

/** A commit to be made the way the user makes theirs. */
export interface UserCommit {
  readonly tree: string;
  readonly onto: string;
  /** What becomes its second parent; absent for a plain commit. */
  readonly merged?: string;
  readonly message: string;
  readonly by: Identity;
}

/** Signs a commit without hooks. Throws `hook.failed` when signing fails or takes too long. */
export async function commitSigned(repo: Repository, commit: UserCommit, signal: AbortSignal): Promise<string> {
  const args = ["commit-tree", "-S", ...parentsOf(commit).flatMap((parent) => ["-p", parent]), "-F", "-", commit.tree];
  return (await runAsUser(repo.dir, args, { commit, signal })).trim();
}

/**
 * Makes a commit with the user's hooks (and signature), in a worktree that stands at the commit's parent. Throws
 * `hook.failed` with a hook's output, and `hook.changed` with the difference when a hook made another tree of it: what was
 * reviewed is what goes in, or nothing does.
 */
export async function commitWithHooks(
  repo: Repository,
  worktree: Worktree,
  a: { readonly commit: UserCommit; readonly hooks: string; readonly signal: AbortSignal },
): Promise<string> {
  const { tree, merged } = a.commit;
  await git(worktree, ["read-tree", "--reset", "-u", tree]);
  if (merged !== undefined) {
    await writeFile(join(worktree.gitDir, "MERGE_HEAD"), `${merged}\n`);
    // Without it git leaves the first parent out where the second one descends from it.
    await writeFile(join(worktree.gitDir, "MERGE_MODE"), "no-ff");
  }
  const place = [
    ...(worktree.config ?? []).flatMap((c) => ["-c", c]),
    `--git-dir=${worktree.gitDir}`,
    `--work-tree=${worktree.dir}`,
  ];
  const hooks = ["-c", `core.hooksPath=${a.hooks}`];
  const args = [...hooks, ...place, "commit", "--quiet", "--allow-empty-message", "--cleanup=verbatim", "-F", "-"];
  await runAsUser(worktree.dir, args, a);
  const made = await gitText(worktree, ["rev-parse", "HEAD"]);
  const madeOf = await treeOf(repo, made);
  if (madeOf === tree) return made;
  const diff = await git(repo, ["diff", "--no-color", "--no-ext-diff", "--no-textconv", tree, madeOf, "--"]);
  throw new BraidError(
    failure("hook.changed", "A commit hook changed what was to be accepted.", {
      hint: "Look at the difference; have the worker make it, or accept with the hook switched off.",
      detail: diff.stdout.toString("utf8").slice(0, KEPT_OUTPUT),
    }),
  );
}

/** A commit with nobody's customs. */
export function commitPlainly(repo: Repository, commit: UserCommit): Promise<string> {
  const { tree, message, by } = commit;
  return commitTree(repo, { tree, parents: parentsOf(commit), message, by });
}

function parentsOf({ onto, merged }: UserCommit): readonly string[] {
  return merged === undefined ? [onto] : [onto, merged];
}

/**
 * Runs git with the user's hooks and signing, in a process group of its own that is killed whole when the time is up: a
 * hook may start anything. Resolves with standard output.
 */
async function runAsUser(
  cwd: string,
  args: readonly string[],
  a: { readonly commit: UserCommit; readonly signal: AbortSignal },
): Promise<string> {
  a.signal.throwIfAborted();
  const env = { ...environment(), ...(await guardOf({ dir: cwd })), ...commitEnvironment(a.commit.by) };
  for (const name of SIGNING_ENVIRONMENT) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  requireFileRoom();
  const child = spawn(gitBinary(), [...configArguments("as the user"), ...args], {
    cwd,
    env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [stdout, said, late] = ["", "", false];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout = (stdout + chunk).slice(-KEPT_OUTPUT)));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said = (said + chunk).slice(-KEPT_OUTPUT)));
  child.stdin.on("error", () => undefined);
  child.stdin.end(a.commit.message);
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, CUSTOMS_TIMEOUT_MS);
  a.signal.addEventListener("abort", kill, { once: true });
  const code = await new Promise<number | null>((resolveExit) => {
    child.on("error", () => resolveExit(null));
    child.on("close", (exitCode) => resolveExit(exitCode));
  });
  clearTimeout(timer);
  a.signal.removeEventListener("abort", kill);
  a.signal.throwIfAborted();
  if (code === 0) return stdout;
  const why = late ? `took longer than ${CUSTOMS_TIMEOUT_MS / 1000} s` : "refused the commit";
  throw new BraidError(
    failure("hook.failed", `A commit hook or the signing ${why}.`, {
      hint: "Mend what it says, or accept with hooks and signing switched off.",
      detail: `${stdout}${said}`.trim(),
    }),
  );
}
