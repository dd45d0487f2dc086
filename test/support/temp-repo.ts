import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A real repository in a temporary folder; removed by `dispose`. */
export interface TempRepo {
  readonly dir: string;
  git(...args: readonly string[]): string;
  write(path: string, text: string): void;
  read(path: string): string;
  commit(message: string): string;
  dispose(): void;
}

/** Makes a folder that `dispose` removes. */
export function tempFolder(prefix = "braid-test-"): { readonly dir: string; dispose(): void } {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  return { dir, dispose: () => removeFolder(dir) };
}

/** Removes a folder. A process that was just killed may still put a file there: it is tried again, for some seconds. */
export function removeFolder(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 12, retryDelay: 50 });
}

/** Makes a repository on branch `main`; with `files`, one commit that holds them. */
export function tempRepo(files: Readonly<Record<string, string>> = {}): TempRepo {
  const folder = tempFolder();
  const repo: TempRepo = {
    dir: folder.dir,
    git: (...args) =>
      execFileSync("git", args, { cwd: folder.dir, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd(),
    write(path, text) {
      mkdirSync(dirname(join(folder.dir, path)), { recursive: true });
      writeFileSync(join(folder.dir, path), text);
    },
    read: (path) => readFileSync(join(folder.dir, path), "utf8"),
    commit(message) {
      repo.git("add", "-A");
      repo.git("commit", "-qm", message);
      return repo.git("rev-parse", "HEAD");
    },
    dispose: () => folder.dispose(),
  };
  repo.git("init", "-q", "-b", "main");
  repo.git("config", "user.name", "Ada");
  repo.git("config", "user.email", "ada@example.com");
  for (const [path, text] of Object.entries(files)) repo.write(path, text);
  if (Object.keys(files).length > 0) repo.commit("start");
  return repo;
}
