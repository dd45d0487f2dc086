import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gitMounts } from "../../src/agent/sandbox-git";
import { readPointer } from "../../src/git/repository";
import { random } from "../support/random";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const FULL = process.env["BRAID_TEST_SIZE"] === "full";
const CASES = FULL ? 10_000 : 400;

/** What a `.git` file can be made of; each part mostly as git writes it, so that many cases are followed. */
const PARTS = {
  prefix: [
    "gitdir: ",
    "gitdir: ",
    "gitdir: ",
    "gitdir:",
    "GITDIR: ",
    "\ufeffgitdir: ",
    " gitdir: ",
    "gitdir:  ",
    "gitdir:\t",
    "",
  ],
  target: [
    "ABSOLUTE",
    "ABSOLUTE",
    "RELATIVE",
    "LINK",
    "NOTHING",
    "PLAIN",
    "COMMON",
    "ABSOLUTE/",
    "ABSOLUTE/.",
    "./RELATIVE",
    "ABSOLUTE/../w",
  ],
  trailer: [
    "\n",
    "\n",
    "",
    "\r\n",
    "\n\n",
    "\r",
    " \n",
    "\t",
    "\0",
    "\n\0x",
    "\nx",
    "\ngitdir: x\n",
    "x",
    "\n".repeat(9_000),
  ],
} as const;

describe("a .git file (G06)", function () {
  this.timeout(FULL ? 600_000 : 120_000);
  let repo: TempRepo;
  let folder: ReturnType<typeof tempFolder>;
  let real: string;
  before(() => {
    repo = tempRepo({ "a.txt": "a\n" });
    folder = tempFolder();
    repo.git("worktree", "add", "-q", "--detach", join(folder.dir, "w"));
    real = join(repo.dir, ".git/worktrees/w");
    symlinkSync(real, join(folder.dir, "link"));
    mkdirSync(join(folder.dir, "plain"));
  });
  after(() => {
    repo.dispose();
    folder.dispose();
  });

  it(`leads where git says, or nowhere, in ${CASES} generated cases`, async () => {
    const next = random(4);
    const pick = (list: readonly string[]) => list[next(list.length)] ?? "";
    const file = join(folder.dir, "w/.git");
    const relative = execFileSync("realpath", ["--relative-to", dirname(file), real], { encoding: "utf8" }).trim();
    let followed = 0;
    for (let i = 0; i < CASES; i += 1) {
      const target = pick(PARTS.target)
        .replace("ABSOLUTE", real)
        .replace("RELATIVE", relative)
        .replace("LINK", join(folder.dir, "link"))
        .replace("NOTHING", join(folder.dir, "nothing"))
        .replace("PLAIN", join(folder.dir, "plain"))
        .replace("COMMON", join(repo.dir, ".git"));
      const text = `${pick(PARTS.prefix)}${target}${pick(PARTS.trailer)}`;
      rmSync(file);
      writeFileSync(file, text);
      const { status, stdout } = spawnSync("git", ["rev-parse", "--absolute-git-dir"], {
        cwd: join(folder.dir, "w"),
        encoding: "utf8",
      });
      const theirs = status === 0 ? realpathSync(stdout.replace(/\n$/u, "")) : undefined;
      if (theirs !== undefined) followed += 1;
      // Where ours follows, git goes to the same place; where git follows, ours does or refuses.
      const ours = await readPointer(file).then((path) => (path === undefined ? undefined : tryReal(path)));
      if (theirs !== undefined && ours !== undefined) assert.equal(ours, theirs, JSON.stringify(text.slice(0, 300)));
      if (i % 10 !== 0) continue;
      const mounts = await gitMounts({
        worktree: join(folder.dir, "w"),
        gitDir: join(repo.dir, ".git"),
        tempDir: folder.dir,
      }).catch(() => undefined);
      // What the sandbox shows as git's is what git would use, and read-only.
      if (mounts !== undefined) assert.ok(theirs === undefined || theirs === real, JSON.stringify(text.slice(0, 300)));
    }
    assert.ok(followed > CASES / 10, `git followed only ${followed}`);
  });

  for (const [what, make] of [
    ["a link", (at: string) => symlinkSync(join(folder.dir, "plain"), at)],
    ["longer than git reads", (at: string) => writeFileSync(at, `gitdir: ${real}${"/".repeat(1_048_577)}\n`)],
    ["65,536 lines", (at: string) => writeFileSync(at, `gitdir: ${real}${"\n".repeat(65_536)}`)],
  ] as const)
    it(`that is ${what} ends in an answer`, async () => {
      const file = join(folder.dir, "w/.git");
      rmSync(file);
      make(file);
      const ours = await readPointer(file);
      assert.ok(ours === undefined || tryReal(ours) === real || what === "a link");
    });
});

function tryReal(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
