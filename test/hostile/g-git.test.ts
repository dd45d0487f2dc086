import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { chown } from "node:fs/promises";
import { join } from "node:path";
import { BraidError } from "../../src/core/failure";
import { readPlanFile } from "../../src/core/plan-file";
import { openRepository } from "../../src/git/repository";
import { checkTree } from "../../src/git/tree-check";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli } from "../support/cli";
import { differences, hostileCalls, hostileWorld, type HostileCall, type HostileWorld } from "../support/hostile-run";
import { sprung } from "../support/hostile-git";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

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

describe("a repository and a machine that are hostile, in a run (G08, G09, G14–G18)", function () {
  this.timeout(120_000);
  let world: HostileWorld;
  let server: DemoServer;
  before(async () => {
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
  });
  after(() => server.dispose());
  beforeEach(async () => {
    world = await hostileWorld();
    mkdirSync(join(world.home, ".cache"));
    writeFileSync(join(world.home, ".cache/p.yml"), "task: One\nsubtasks: [{ id: one, description: d }]\n");
  });
  afterEach(() => world.dispose());
  const canaries = () => join(world.dir, "canaries");
  const run = (env: Readonly<Record<string, string>> = {}, cwd = world.repo.dir) =>
    cli(["run", join(world.home, ".cache/p.yml"), "--yes", "--json", "--accept", "all"], {
      cwd,
      env: { ...world.env, ANTHROPIC_BASE_URL: server.url, ...env },
    });
  const trap = (name: string) => `touch '${join(canaries(), name)}'`;
  const plantProgram = (folder: string, name: string) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), `#!/bin/sh\n${trap(name)}\nexec /usr/bin/${name} "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  };

  it("G08 a folder shaped like a git directory is not taken for one", async () => {
    for (const folder of ["objects", "refs"]) mkdirSync(join(world.repo.dir, "bare", folder), { recursive: true });
    world.repo.write("bare/HEAD", "ref: refs/heads/main\n");
    world.repo.write(
      "bare/config",
      `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = "."\n\tfsmonitor = "${trap("G08")}"\n`,
    );
    const outcome = await run({}, join(world.repo.dir, "bare"));
    assert.equal(outcome.code, 2, outcome.stdout);
    assert.deepEqual(sprung(canaries()), []);
  });

  it("G09 a link in the repository where others keep worktrees leads nowhere", async () => {
    for (const path of [".worktrees", ".braid", ".agents", ".claude"])
      symlinkSync(join(world.dir, "outside"), join(world.repo.dir, path));
    const before = world.snapshot();
    assert.equal((await run()).code, 0);
    assert.deepEqual(
      differences(before, world.snapshot()).filter((path) => path.startsWith("outside")),
      [],
    );
  });

  it("G14 a replaced commit is not what Braid reads", async () => {
    const real = world.repo.git("rev-parse", "HEAD");
    world.repo.write("README.md", "FALSE\n");
    world.repo.git("commit", "-qam", "false");
    const lie = world.repo.git("rev-parse", "HEAD");
    world.repo.git("reset", "-q", "--hard", real);
    world.repo.git("replace", real, lie);
    const outcome = await run();
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(world.repo.git("--no-replace-objects", "show", "HEAD:README.md"), "# x");
  });

  it("G15 a repository of another user's is refused in words", async function () {
    if (process.getuid?.() !== 0) return this.skip();
    await chown(world.repo.dir, 65_534, 65_534);
    await chown(join(world.repo.dir, ".git"), 65_534, 65_534);
    const outcome = await run();
    assert.notEqual(outcome.code, 0);
    assert.match(outcome.stderr, /another user owns it.*safe\.directory/su);
    return undefined;
  });

  it("G16 shell text in names stays text", async () => {
    const evil = `$(${trap("G16")});\`${trap("G16b")}\`;x`;
    world.repo.git("config", "user.name", evil);
    world.repo.git("config", "user.email", `a@b;${evil}`);
    world.repo.git("config", "remote.evil.url", `--upload-pack=${evil}`);
    world.repo.git("switch", "-qc", "b;touch$IFS$(id)");
    const outcome = await run();
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.deepEqual(sprung(canaries()), []);
  });

  it("G17 git's variables in the environment reach no git", async () => {
    const other = tempRepo({ "victim.txt": "v\n" });
    const outcome = await run({
      GIT_DIR: join(other.dir, ".git"),
      GIT_WORK_TREE: other.dir,
      GIT_INDEX_FILE: join(other.dir, "evil-index"),
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.fsmonitor",
      GIT_CONFIG_VALUE_0: trap("G17"),
      GIT_CONFIG_GLOBAL: join(other.dir, "evil-config"),
      GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${trap("G17p")}'`,
      GIT_SSH_COMMAND: trap("G17s"),
      GIT_EXTERNAL_DIFF: trap("G17d"),
      GIT_EXEC_PATH: join(world.dir, "outside"),
      GIT_PAGER: trap("G17g"),
      GIT_OBJECT_DIRECTORY: join(other.dir, "objects"),
      GIT_NAMESPACE: "evil",
      GIT_TRACE: join(canaries(), "trace"),
    });
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.deepEqual(sprung(canaries()), []);
    assert.equal(other.git("for-each-ref", "refs/braid"), "");
    other.dispose();
  });

  for (const [what, path] of [
    ["the folder itself", "."],
    ["a folder of the repository", "node_modules/.bin"],
    ["a relative one", undefined],
  ] as const)
    it(`G18 programs planted in ${what} on the PATH never run`, async () => {
      for (const name of ["git", "rg", "bwrap", "bash", "sh", "setpriv", "node"])
        plantProgram(join(world.repo.dir, path ?? "bin"), name);
      world.repo.write(".gitignore", "/git\n/rg\n/bwrap\n/bash\n/sh\n/setpriv\n/node\nnode_modules\nbin\n");
      world.repo.git("commit", "-qam", "ignore them");
      const planted = path === undefined ? "bin:." : join(world.repo.dir, path);
      const outcome = await run({ PATH: `${planted}:${process.env["PATH"] ?? ""}` }, world.repo.dir);
      assert.deepEqual(sprung(canaries()), [], outcome.stderr);
      assert.equal(outcome.code, 0, `${outcome.stderr}\n${outcome.stdout}`);
    });
});

describe("settings of git's that say the work tree is elsewhere (G05)", function () {
  this.timeout(60_000);
  it("core.worktree that names another folder is refused", async () => {
    const folder = tempFolder();
    const repo = tempRepo({ "a.txt": "a\n" });
    for (const elsewhere of [folder.dir, "/", "../.."]) {
      repo.git("config", "--file", join(repo.dir, ".git/config"), "core.worktree", elsewhere);
      await assert.rejects(openRepository(repo.dir), (error) => error instanceof BraidError);
    }
    repo.dispose();
    folder.dispose();
  });

  it("a linked worktree that its repository does not know is refused (CVE-2026-40068)", async () => {
    const victim = tempRepo({ "a.txt": "a\n" });
    const folder = tempFolder();
    victim.git("worktree", "add", "-q", join(folder.dir, "mine"));
    const stranger = tempFolder();
    writeFileSync(join(stranger.dir, ".git"), `gitdir: ${join(victim.dir, ".git/worktrees/mine")}\n`);
    await assert.rejects(openRepository(stranger.dir), /does not know/u);
    assert.equal((await openRepository(join(folder.dir, "mine"))).commonDir, join(victim.dir, ".git"));
    for (const each of [victim, folder, stranger]) each.dispose();
  });
});
