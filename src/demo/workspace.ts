import { execFile } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { BraidError, failure } from "../core/failure";
import { demoFiles } from "./media";
import { hasCode } from "../util/system-error";

/**
 * Puts the demo project into `dir` and makes it a git repository with one commit on `main`. The folder must be absent
 * or empty; on failure it is left so. Throws BraidError: `tree.in-the-way`, `git.missing`, `git.failed`.
 */
export async function createDemoWorkspace(dir: string): Promise<void> {
  await requireEmpty(dir);
  try {
    await mkdir(dir, { recursive: true });
    await git(dir, ["init", "--quiet", "--template=", "--initial-branch=main"]);
    await writeInto(dir);
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
    if (hasCode(error, "ENOENT")) return;
    if (!hasCode(error, "ENOTDIR")) throw error;
  }
  throw new BraidError(
    failure("tree.in-the-way", `The demo needs an empty folder, and there is something at ${dir}.`, {
      hint: "Choose a folder that is empty or does not exist yet.",
    }),
  );
}

/** `_package.json` becomes `package.json`: tools would read such files in Braid's own tree when they carried their own name. */
async function writeInto(dir: string): Promise<void> {
  for (const [path, text] of Object.entries(await demoFiles())) {
    if (!path.startsWith("workspace/")) continue;
    const name = path
      .slice("workspace/".length)
      .replace(/^_(gitignore$)?/u, (_, ignore) => (ignore ? ".gitignore" : ""));
    const file = join(dir, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
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
    if (hasCode(cause, "ENOENT"))
      throw new BraidError(failure("git.missing", "git was not found.", { hint: "Install git 2.38 or newer." }), {
        cause,
      });
    const detail = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    throw new BraidError(failure("git.failed", `git ${args[0] ?? ""} failed in ${cwd}.`, { detail }), { cause });
  }
}
