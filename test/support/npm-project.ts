import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
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

/** How long `npm ci` takes in a copy of a project, with npm's cache warm; in milliseconds. */
export function timeNpmCi(dir: string): number {
  const folder = tempFolder();
  try {
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(dir, name), join(folder.dir, name));
    const started = performance.now();
    const flags = ["--ignore-scripts", "--prefer-offline", "--silent", "--no-audit", "--no-fund"];
    execFileSync("npm", ["ci", ...flags], { cwd: folder.dir });
    return performance.now() - started;
  } finally {
    folder.dispose();
  }
}
