import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder, tempRepo, type TempRepo } from "./temp-repo";

/** A published package as a repository: its own files committed, its dev dependencies installed and ignored. */
export interface NpmProject {
  readonly repo: TempRepo;
  dispose(): void;
}

/** Fetches and installs `spec` (a name and a version); undefined where the registry cannot be reached. */
export function npmProject(spec: string): NpmProject | undefined {
  const folder = tempFolder();
  const npm = (cwd: string, ...args: readonly string[]) =>
    execFileSync("npm", [...args, "--silent", "--no-audit", "--no-fund"], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 240_000,
    }).trim();
  try {
    execFileSync("tar", ["xzf", npm(folder.dir, "pack", spec)], { cwd: folder.dir });
  } catch {
    folder.dispose();
    return undefined;
  }
  const repo = tempRepo();
  execFileSync("cp", ["-R", `${join(folder.dir, "package")}/.`, repo.dir]);
  folder.dispose();
  writeFileSync(join(repo.dir, ".gitignore"), "node_modules/\n");
  npm(repo.dir, "install", "--ignore-scripts");
  repo.commit(spec);
  return { repo, dispose: () => repo.dispose() };
}

/** How long `npm ci` takes in a copy of a project, from npm's cache and nothing else; in milliseconds. */
export function timeNpmCi(dir: string): number {
  const folder = tempFolder();
  try {
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(dir, name), join(folder.dir, name));
    const ci = (from: string): void => {
      const flags = ["--ignore-scripts", from, "--silent", "--no-audit", "--no-fund"];
      execFileSync("npm", ["ci", ...flags], { cwd: folder.dir });
    };
    // Fills the cache with what an install did not ask for.
    ci("--prefer-offline");
    rmSync(join(folder.dir, "node_modules"), { recursive: true, force: true });
    const started = performance.now();
    ci("--offline");
    return performance.now() - started;
  } finally {
    folder.dispose();
  }
}
