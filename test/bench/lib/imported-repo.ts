import { execFileSync } from "node:child_process";
import { tempRepo, type TempRepo } from "../../support/temp-repo";

/** A repository of very many files, whose one pack git is told of instead of finding it out: a fifth of the time of writing and adding them. */
export function importedRepo(files: Iterable<readonly [path: string, text: string]>): TempRepo {
  const repo = tempRepo({ ".gitignore": "node_modules/\n" });
  const lines = ["commit refs/heads/main", "committer Ada <ada@example.com> 1700000000 +0000", "data 5", "large"];
  lines.push("from refs/heads/main^0");
  for (const [path, text] of files)
    lines.push(`M 100644 inline ${path}`, `data ${Buffer.byteLength(text)}`, text.replace(/\n$/u, ""));
  repo.git("config", "gc.auto", "0");
  const input = `${lines.join("\n")}\n`;
  execFileSync("git", ["fast-import", "--quiet"], { cwd: repo.dir, input, stdio: ["pipe", "ignore", "inherit"] });
  repo.git("reset", "-q", "--hard");
  return repo;
}
