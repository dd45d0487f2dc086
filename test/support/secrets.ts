import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CliOutcome } from "./cli";
import { SECRET, type HostileWorld } from "./hostile-run";
import type { TempRepo } from "./temp-repo";

/** The key of the API, as Anthropic writes one. */
export const KEY = `sk-ant-api03-${SECRET}-key_0123456789`;
/** A gateway's key has no form that could be told from a word. */
export const OTHER_KEY = `gateway${SECRET.toLowerCase()}0123456789`;
/** All there is to look for. */
export const SECRETS = [SECRET, KEY, OTHER_KEY];

/** A run of the built command line, with a key, from a world with secrets; everything it writes stays below the world. */
export function keyedEnv(world: HostileWorld, url: string, key = KEY): Readonly<Record<string, string>> {
  for (const path of ["home/.cache", "tmp"]) mkdirSync(join(world.dir, path), { recursive: true });
  return {
    ...world.env,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: key,
    TMPDIR: join(world.dir, "tmp"),
    PATH: process.env["PATH"] ?? "",
  };
}

/** Writes a plan where it is no part of anything. */
export function planIn(world: HostileWorld, text: string): string {
  mkdirSync(join(world.home, ".cache"), { recursive: true });
  const file = join(world.home, ".cache/plan.yml");
  writeFileSync(file, text);
  return file;
}

/** Where a secret is that was not put there: in what was printed, kept, committed or left behind. */
export function leaks(world: HostileWorld, ...outcomes: readonly CliOutcome[]): readonly string[] {
  const printed = outcomes
    .filter(({ stdout, stderr }) => holds(stdout + stderr, SECRETS))
    .map(({ stdout, stderr }) => stdout + stderr);
  const kept = [join(world.repo.dir, ".git/braid"), join(world.home, ".cache"), join(world.dir, "tmp")];
  return [...printed, ...filesWith(kept, SECRETS), ...objectsWith(world.repo, SECRETS)];
}

/** Files below these folders that hold one of these texts, links not followed. */
export function filesWith(roots: readonly string[], secrets: readonly string[]): readonly string[] {
  return roots.flatMap((root) =>
    readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() && holds(readFileSync(path, "latin1"), secrets) ? [path] : [];
    }),
  );
}

/** Objects of a repository, whatever refers to them, that hold one of these texts. */
export function objectsWith(repo: TempRepo, secrets: readonly string[]): readonly string[] {
  const list = execFileSync("git", ["cat-file", "--batch-check", "--batch-all-objects"], {
    cwd: repo.dir,
    encoding: "utf8",
  });
  const ids = list.split("\n").flatMap((line) => line.split(" ", 1)[0] || []);
  const options = { cwd: realpathSync(repo.dir), maxBuffer: 2 ** 28, input: `${ids.join("\n")}\n` };
  const all = execFileSync("git", ["cat-file", "--batch"], options).toString("latin1");
  return holds(all, secrets) ? ["an object"] : [];
}

/** Whether a text holds one of these, as it is or as JSON, an address or base64 has it. */
export function holds(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) =>
    [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64").slice(0, -4)].some((form) =>
      text.includes(form),
    ),
  );
}
