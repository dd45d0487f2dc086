import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { chown } from "node:fs/promises";
import { join } from "node:path";
import { BraidError } from "../../src/core/failure";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { openRepository } from "../../src/git/repository";
import { cli } from "../support/cli";
import { sprung } from "../support/hostile-git";
import { differences, hostileWorld, type HostileWorld } from "../support/hostile-run";
import { tempFolder, tempRepo } from "../support/temp-repo";

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
