import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { BraidError, failure } from "../core/failure";
import { demoFile } from "./media";

/**
 * Puts the demo project into `dir` and makes it a git repository with one commit on `main`. The folder must be absent
 * or empty; on failure it is left so. Throws BraidError: `tree.in-the-way`, `git.missing`, `git.failed`, `internal`
 * when the demo's files are not where they belong.
 */
export async function createDemoWorkspace(dir: string, options: { readonly mediaDir?: string } = {}): Promise<void> {
  await requireEmpty(dir);
  try {
    await mkdir(dir, { recursive: true });
    await git(dir, ["init", "--quiet", "--template=", "--initial-branch=main"]);
    await copyInto(demoFile("workspace", options.mediaDir), dir);
    await git(dir, ["add", "--all"]);
    await git(dir, ["commit", "--quiet", "--message=A small link shortener"]);
  } catch (error) {
    for (const name of await readdir(dir).catch(() => [])) await rm(join(dir, name), { recursive: true, force: true });
    throw error;
  }
}

async function requireEmpty(dir: string): Promise<void> {
  try {
    if ((await readdir(dir)).length === 0) return;
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    if (!isCode(error, "ENOTDIR")) throw error;
  }
  throw new BraidError(
    failure("tree.in-the-way", `The demo needs an empty folder, and there is something at ${dir}.`, {
      hint: "Choose a folder that is empty or does not exist yet.",
    }),
  );
}

/** `_package.json` becomes `package.json`: packers read or drop such files when they carry their own name. */
async function copyInto(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch((cause: unknown) => {
    throw new BraidError(
      failure("internal", `The demo's files are missing at ${from}.`, { hint: "Reinstall Braid." }),
      {
        cause,
      },
    );
  });
  for (const entry of entries) {
    const target = join(to, entry.name.replace(/^_/u, entry.name === "_gitignore" ? "." : ""));
    if (entry.isDirectory()) {
      await mkdir(target);
      await copyInto(join(from, entry.name), target);
    } else await copyFile(join(from, entry.name), target);
  }
}

/** For this one commit only: the repository's own configuration stays as `git init` made it. */
const SETTINGS = [
  "user.name=Braid Demo",
  "user.email=demo@braid.invalid",
  "core.hooksPath=/dev/null",
  "core.excludesFile=/dev/null",
  "core.autocrlf=false",
  "commit.gpgSign=false",
].flatMap((setting) => ["-c", setting]);

const run = promisify(execFile);

async function git(cwd: string, args: readonly string[]): Promise<void> {
  // A GIT_DIR of whoever started us would send all of this into another repository.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  const env = { ...Object.fromEntries(inherited), GIT_TERMINAL_PROMPT: "0" };
  try {
    await run("git", [...SETTINGS, ...args], { cwd, env });
  } catch (cause) {
    if (isCode(cause, "ENOENT"))
      throw new BraidError(failure("git.missing", "git was not found.", { hint: "Install git 2.38 or newer." }), {
        cause,
      });
    const detail = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    throw new BraidError(failure("git.failed", `git ${args[0] ?? ""} failed in ${cwd}.`, { detail }), { cause });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
