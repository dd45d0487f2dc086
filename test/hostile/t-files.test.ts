import assert from "node:assert/strict";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Scenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli } from "../support/cli";
import { differences, hostileWorld, type HostileWorld } from "../support/hostile-run";
import { keyedEnv, planIn } from "../support/secrets";

describe("files Braid makes (T06)", function () {
  this.timeout(120_000);
  let world: HostileWorld;
  let server: DemoServer;
  before(async () => {
    server = await startDemoServer(
      Scenario.parse({
        rules: [
          {
            when: { turn: 1 },
            reply: [
              { tool: "write_note", input: { name: "n", content: "n" } },
              { tool: "write", input: { file_path: "a", content: "a" } },
            ],
          },
          { when: {}, reply: [{ tool: "report", input: { summary: "Done." } }] },
        ],
      }),
      { speed: 0 },
    );
  });
  after(() => server.dispose());
  beforeEach(async () => {
    world = await hostileWorld();
  });
  afterEach(() => world.dispose());
  /** With the loosest umask there is: what is closed, Braid has closed. */
  const run = async (more: Readonly<Record<string, string>> = {}) => {
    const plan = planIn(world, "task: Do\nsubtasks: [{ id: one, description: d }]\n");
    const env = { ...keyedEnv(world, server.url), ...more };
    const before = process.umask(0);
    try {
      return await cli(["run", plan, "--yes", "--json"], { cwd: world.repo.dir, env });
    } finally {
      process.umask(before);
    }
  };
  const resume = (id: string) =>
    cli(["resume", id, "--yes"], { cwd: world.repo.dir, env: keyedEnv(world, server.url) });
  const closed = (path: string) => {
    const stats = lstatSync(path);
    assert.equal(stats.mode & 0o077, 0, `${path} ${stats.mode.toString(8)}`);
    assert.ok(stats.isDirectory() || (stats.isFile() && stats.nlink === 1), path);
  };

  it("T06 are the user's alone, whatever the umask, and have one name each", async () => {
    const outcome = await run();
    assert.equal(outcome.code, 3, outcome.stderr);
    const root = join(world.repo.dir, ".git/braid");
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    assert.ok(entries.length > 5);
    closed(root);
    for (const entry of entries) closed(join(entry.parentPath, entry.name));
    for (const name of readdirSync(join(world.home, ".cache/braid"))) closed(join(world.home, ".cache/braid", name));
  });

  for (const [what, path] of [
    ["folder", "braid"],
    ["folder of runs", "braid/runs"],
    ["folder for what is deleted", "braid/trash"],
    ["folder for what comes back", "braid/restoring"],
    ["folder of one run", "braid/runs/r0000001"],
  ] as const)
    it(`T06 a link in the place of its ${what} is not written through`, async () => {
      mkdirSync(join(world.repo.dir, ".git", path, ".."), { recursive: true });
      symlinkSync(join(world.dir, "outside"), join(world.repo.dir, ".git", path));
      const before = world.snapshot();
      const outcome = await run();
      assert.equal(outcome.code, 2);
      assert.match(outcome.stderr, /not a plain folder/u);
      assert.deepEqual(
        differences(before, world.snapshot()).filter((name) => name.startsWith("outside")),
        [],
      );
    });

  for (const path of ["turns", "transcripts", "inbox", "trace.jsonl"])
    it(`T06 a link in the place of a run's own ${path} is not written through when it is gone on with`, async () => {
      await run();
      const runs = join(world.repo.dir, ".git/braid/runs");
      const [id = ""] = readdirSync(runs);
      rmSync(join(runs, id, path), { recursive: true, force: true });
      symlinkSync(join(world.dir, "outside"), join(runs, id, path));
      const before = world.snapshot();
      const outcome = await resume(id);
      assert.equal(outcome.code, 2, outcome.stderr);
      assert.match(outcome.stderr, /not a plain folder/u);
      assert.deepEqual(
        differences(before, world.snapshot()).filter((name) => name.startsWith("outside")),
        [],
      );
    });

  const noCache = { XDG_CACHE_HOME: "/dev/null/none" };
  for (const [what, make] of [
    ["a link", (at: string) => symlinkSync(join(world.dir, "outside"), at)],
    ["open to all", (at: string) => (mkdirSync(at), chmodSync(at, 0o777))],
    ["another user's", (at: string) => (mkdirSync(at, { mode: 0o755 }), chownSync(at, 65_534, 65_534))],
  ] as const)
    it(`T06 a folder that waits in the temporary one and is ${what} gets no worktree (CVE-2026-46406)`, async function () {
      if (what === "another user's" && process.getuid?.() !== 0) return this.skip();
      mkdirSync(join(world.dir, "tmp"));
      make(join(world.dir, "tmp/braid"));
      const before = world.snapshot();
      const outcome = await run(noCache);
      assert.match(outcome.stdout + outcome.stderr, /No worktrees can be made/u);
      assert.deepEqual(
        differences(before, world.snapshot()).filter((name) => name.startsWith("outside")),
        [],
      );
      return undefined;
    });

  it("T06 in the temporary folder, where nothing waits, they are closed to others too", async () => {
    const outcome = await run(noCache);
    assert.equal(outcome.code, 3, outcome.stderr);
    closed(join(world.dir, "tmp/braid"));
    for (const name of readdirSync(join(world.dir, "tmp/braid"))) closed(join(world.dir, "tmp/braid", name));
  });
});
