import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { tempRepo, type TempRepo } from "./temp-repo";

/** Line ends by attribute and against it, links, modes, ignore rules that some tracked files break, names of all kinds; without attributes git keeps every file as it is. */
export function awkwardRepo({ attributes = true } = {}): TempRepo {
  const repo = tempRepo();
  repo.git("config", "core.autocrlf", "false");
  repo.write("crlf.txt", "one a\r\ntwo\r\n");
  repo.commit("line ends nobody asked for");
  repo.write(".gitattributes", "crlf.txt text=auto\nlf.txt text eol=crlf\n*.sh text eol=lf\n");
  repo.write("lf.txt", "one a\ntwo\n");
  repo.write(".gitignore", "build/\n*.log\n");
  repo.write("kept.log", "tracked and ignored, needle\n");
  repo.write("run.sh", "#!/bin/sh\n");
  chmodSync(join(repo.dir, "run.sh"), 0o755);
  for (const [path, text] of [
    ["src/a.txt", "one a\n"],
    ["src/b.txt", "Needle b\n"],
    ["src/deep/er/c.txt", "c\n"],
    ["src/.gitattributes", "b.txt -text\n"],
    ["src/deep/.gitignore", "*.tmp\n"],
    ["src.txt", "beside\n"],
    ["src-more/x.txt", "x\n"],
    ["ünï/ö.txt", "ö one a\n"],
  ] as const)
    repo.write(path, text);
  symlinkSync("src/a.txt", join(repo.dir, "link"));
  symlinkSync("src", join(repo.dir, "dirlink"));
  symlinkSync("nowhere", join(repo.dir, "dangling"));
  repo.git("add", "-f", "kept.log");
  // The file that is as nobody asked for stays so.
  repo.git(
    "add",
    "--",
    ".gitattributes",
    ".gitignore",
    "lf.txt",
    "run.sh",
    "src",
    "src.txt",
    "src-more",
    "ünï",
    "link",
    "dirlink",
    "dangling",
  );
  repo.git("commit", "-qm", "the rest");
  if (!attributes) {
    repo.git("rm", "-q", "--cached", ".gitattributes", "src/.gitattributes");
    for (const path of [".gitattributes", "src/.gitattributes"]) rmSync(join(repo.dir, path));
    repo.git("commit", "-qm", "no attributes");
  }
  return repo;
}

/** Every path below a folder with its kind, mode and content. */
export function describeFolder(root: string, folder = ""): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const at = join(root, path);
    if (entry.isDirectory()) return describeFolder(root, path);
    if (entry.isSymbolicLink()) return [`${path} -> ${readlinkSync(at)}`];
    return [`${path} ${(lstatSync(at).mode & 0o777).toString(8)} ${JSON.stringify(readFileSync(at, "latin1"))}`];
  });
}
