import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BraidError } from "../../src/core/failure";
import { readPlanFile } from "../../src/core/plan/plan-file";
import { openRepository } from "../../src/git/repository";
import { checkTree } from "../../src/git/tree-check";
import { hostileCalls, type HostileCall } from "../support/hostile-run";
import { tempRepo, type TempRepo } from "../support/temp-repo";

const write = (row: string, ...paths: readonly string[]): readonly HostileCall[] =>
  paths.map((path) => ({
    row,
    tool: "write",
    input: { file_path: path, content: "[core]\n\tfsmonitor = touch CANARY/x\n" },
    ends: "refused",
  }));
const sh = (row: string, ...commands: readonly string[]): readonly HostileCall[] =>
  commands.map((command) => ({ row, tool: "bash", input: { command, timeout_ms: 5_000 }, ends: "refused" }));
const KEYS = [
  ["core.fsmonitor", "core.hooksPath", "core.sshCommand", "core.pager", "core.editor", "alias.x", "filter.x.clean"],
  ["diff.x.command", "merge.x.driver", "gpg.program", "credential.helper", "include.path", "url.x.insteadOf"],
].flat();

describe("hostile writes to git's own files, in a run (G)", () => {
  hostileCalls(
    [
      write(
        "G01",
        ".git/hooks/pre-commit",
        ".git/hooks/post-checkout",
        ".git/hooks/reference-transaction",
        ".git/hooks/fsmonitor-watchman",
      ),
      write("G02", ".git/config", ".git/config.worktree", ".git/info/attributes"),
      write("G04", ".git"),
      write("G05", ".git/commondir", ".git/gitdir", "MAIN/.git/worktrees/x/commondir", "sub/.git", "sub/.git/config"),
      sh(
        "G01",
        "G=$(git rev-parse --git-common-dir); mkdir -p $G/hooks; echo 'touch CANARY/x' > $G/hooks/pre-commit",
        "echo x > $(git rev-parse --git-dir)/hooks/x",
      ),
      KEYS.flatMap((key) => sh("G02", `git config ${key} 'touch CANARY/x'`)),
      sh(
        "G04",
        "rm .git && echo 'gitdir: /tmp/evil' > .git",
        "mv .git .git2",
        "git init -q /tmp/e && cp -r /tmp/e/.git x && mv x .git",
        "ln -sf /tmp .git && test -L .git",
      ),
      sh(
        "G05",
        "D=$(git rev-parse --git-dir); echo ../../evil > $D/commondir",
        "D=$(git rev-parse --git-dir); echo /tmp > $D/gitdir",
        "D=$(git rev-parse --git-dir); echo '[core]' > $D/config.worktree",
      ),
      sh(
        "G14",
        "G=$(git rev-parse --git-common-dir); echo /tmp > $G/objects/info/alternates",
        "git replace -f HEAD HEAD~1 || git replace HEAD $(git hash-object -w README.md)",
        "echo x > $(git rev-parse --git-common-dir)/shallow",
        "echo x > $(git rev-parse --git-common-dir)/info/grafts",
      ),
    ].flat(),
  );
});

describe("names a model chose for git (G07)", () => {
  const NAMES = [
    "",
    ".git",
    "..",
    ".",
    "-x",
    "--upload-pack=x",
    "a/../../b",
    "@{-1}",
    "HEAD^",
    "a b",
    "x".repeat(300),
    "a\u0007b",
    "\u202ex",
    "$(touch x)",
    "`x`",
    "a;b",
    "a\nb",
    "con:",
    "refs/heads/main",
  ];
  for (const id of NAMES)
    it(`${JSON.stringify(id.slice(0, 40))} is no subtask's, or only its number reaches a ref`, () => {
      const checked = readPlanFile(`task: t\nsubtasks:\n  - id: ${JSON.stringify(id)}\n    description: d\n`);
      assert.equal(checked.plan, undefined, "taken as an id");
    });
});

describe("trees a model made (G10–G12)", () => {
  let repo: TempRepo;
  before(() => {
    repo = tempRepo({ "a.txt": "a\n" });
  });
  after(() => repo.dispose());
  const blob = (text: string) => {
    writeFileSync(join(repo.dir, ".git/x"), text);
    return repo.git("hash-object", "-w", "--no-filters", ".git/x");
  };
  /** A tree with one entry, below folders of these names. */
  const treeWith = (mode: string, id: string, ...names: readonly string[]): string => {
    const [name = "", ...rest] = names.toReversed();
    writeFileSync(join(repo.dir, ".git/x"), `${mode} ${mode === "160000" ? "commit" : "blob"} ${id}\t${name}\0`);
    const make = () =>
      repo.git("-c", "core.protectNTFS=false", "hash-object", "-t", "tree", "-w", "--literally", ".git/x");
    const entry = (m: string, n: string, object: string) =>
      Buffer.concat([Buffer.from(`${m} ${n}\0`), Buffer.from(object, "hex")]);
    writeFileSync(join(repo.dir, ".git/x"), entry(mode, name, id));
    let tree = make();
    for (const folder of rest) {
      writeFileSync(join(repo.dir, ".git/x"), entry("40000", folder, tree));
      tree = make();
    }
    return tree;
  };
  const check = (row: string, what: string, make: () => string) =>
    it(`${row} ${what} is refused before any ref moves`, async () => {
      const opened = await openRepository(repo.dir);
      await assert.rejects(
        checkTree(opened, repo.git("rev-parse", "HEAD"), make()),
        (error) => error instanceof BraidError && error.failure.code === "tree.unsafe",
      );
    });
  for (const name of [
    ".git",
    ".GIT",
    ".Git",
    "git~1",
    "GIT~2",
    ".git ",
    ".git.",
    ".git...",
    "..",
    ".",
    ".gi\u200ct",
    ".g\u206ait",
    ".git\u200d",
    "a\\..\\b",
    ".git::$INDEX_ALLOCATION",
  ]) {
    check("G10", JSON.stringify(name), () => treeWith("100644", blob("x"), name));
    check("G10", `${JSON.stringify(name)} in a folder`, () => treeWith("100755", blob("x"), "sub", name));
    check("G10", `a folder ${JSON.stringify(name)}`, () => treeWith("100644", blob("x"), name, "config"));
  }
  for (const target of ["/etc/passwd", "../../..", "..", "../x", "a/../../x", "/", "//x", "./../../x"])
    check("G11", `a link to ${target}`, () => treeWith("120000", blob(target), "link"));
  for (const target of ["../../x", "../.."])
    check("G11", `a link in a folder to ${target}`, () => treeWith("120000", blob(target), "sub", "link"));
  check("G12", "a nested repository", () => treeWith("160000", repo.git("rev-parse", "HEAD"), "sub"));
  check("G12", "a nested repository in a folder", () => treeWith("160000", repo.git("rev-parse", "HEAD"), "a", "sub"));
});
