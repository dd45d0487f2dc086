import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SetupStep } from "../../../src/core/setup";
import type { RunPorts } from "../../../src/run/ports";
import { setUpWorktree } from "../../../src/run/set-up/set-up";
import { planSetup } from "../../../src/run/set-up/setup-plan";
import { openWorkPlace } from "../../../src/run/attempt/work-place";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

describe("what a worktree gets beside its tracked files", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({
      ".gitignore": "node_modules/\n.env\n/config/\n*.pem\ncache/\n",
      "a.txt": "1\n",
      "packages/a/index.js": "",
    });
    trees = tempFolder("braid trees ü ");
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  /** Sets a worktree up and looks at it before it is removed again. */
  async function check(
    look: (dir: string, steps: readonly SetupStep[]) => void,
    more: Partial<RunPorts> = {},
    between: () => void = () => undefined,
  ): Promise<void> {
    const ports = await portsFor(repo.dir, trees.dir, more);
    const plan = await planSetup(ports, repo.git("rev-parse", "HEAD"));
    between();
    const { signal } = new AbortController();
    let steps: readonly SetupStep[] = [];
    const place = await openWorkPlace(ports, {
      name: "w1",
      commit: repo.git("rev-parse", "HEAD"),
      writable: true,
      signal,
      async setUp(fresh) {
        steps = await setUpWorktree(ports, plan, fresh, signal);
      },
    });
    await place.workspace.ready("all files");
    try {
      look(place.dir, steps);
    } finally {
      await place.close();
    }
  }

  const outcomes = (steps: readonly SetupStep[]) =>
    steps.map(({ name, outcome, reason }) => [name, outcome, ...(reason === undefined ? [] : [reason])].join(" · "));

  it("copies dependency folders, wherever they are, links as links", async () => {
    repo.write("node_modules/x/cli.js", "x\n");
    repo.write("packages/a/node_modules/y/y.js", "y\n");
    mkdirSync(join(repo.dir, "node_modules/.bin"));
    symlinkSync("../x/cli.js", join(repo.dir, "node_modules/.bin/x"));
    symlinkSync("../packages/a", join(repo.dir, "node_modules/a"));
    symlinkSync("/etc/hostname", join(repo.dir, "node_modules/out"));
    await check((dir, steps) => {
      assert.deepEqual(outcomes(steps), ["node_modules · done", "packages/a/node_modules · done"]);
      assert.equal(readFileSync(join(dir, "node_modules/.bin/x"), "utf8"), "x\n");
      assert.equal(readlinkSync(join(dir, "node_modules/.bin/x")), "../x/cli.js");
      assert.equal(readlinkSync(join(dir, "node_modules/out")), "/etc/hostname");
      assert.ok(existsSync(join(dir, "node_modules/a/index.js")));
      // A copy of its own: what a worker breaks is not the user's.
      writeFileSync(join(dir, "node_modules/x/cli.js"), "broken\n");
    });
    assert.equal(repo.read("node_modules/x/cli.js"), "x\n");
  });

  it("copies what .worktreeinclude names and git ignores, and nothing else", async () => {
    for (const path of [
      ".env",
      "packages/a/.env",
      "config/local/a.json",
      "config/local/b.txt",
      "config/b.txt",
      "notes.txt",
    ])
      repo.write(path, path);
    repo.write(".worktreeinclude", ".env\nconfig/local/*.json\nnotes.txt\na.txt\n");
    repo.write("a.txt", "changed here\n");
    // What others link is copied: a link would lead nowhere in the sandbox.
    repo.write(".worktreelink", "cache/\n");
    repo.write("cache/big.bin", "1\n");
    await check((dir, steps) => {
      assert.deepEqual(outcomes(steps), [".env, cache/, config/local/a.json, packages/a/.env · done"]);
      assert.equal(readFileSync(join(dir, "config/local/a.json"), "utf8"), "config/local/a.json");
      assert.equal(readFileSync(join(dir, "a.txt"), "utf8"), "1\n");
      assert.ok(lstatSync(join(dir, "cache")).isDirectory() && existsSync(join(dir, "cache/big.bin")));
      for (const path of ["config/local/b.txt", "config/b.txt", "notes.txt", ".worktreeinclude"])
        assert.ok(!existsSync(join(dir, path)), path);
    });
  });

  it("copies nothing that only an uncommitted .gitignore hides: it would land in the result", async () => {
    repo.write(".gitignore", "node_modules/\n.env\nvendor/\nlocal.cfg\n");
    repo.write(".worktreeinclude", "local.cfg\n.env\n");
    for (const path of ["vendor/v.js", "node_modules/x.js", "local.cfg", ".env"]) repo.write(path, "x\n");
    await check((dir, steps) => {
      const reason = "is not ignored in the commit the worktree starts from; commit .gitignore first";
      assert.deepEqual(outcomes(steps), [
        `local.cfg · skipped · ${reason}`,
        `vendor · skipped · ${reason}`,
        ".env · done",
        "node_modules · done",
      ]);
      assert.deepEqual(
        ["vendor", "local.cfg", ".env", "node_modules"].map((name) => existsSync(join(dir, name))),
        [false, false, true, true],
      );
    });
  });

  it("takes VS Code's globs too, and whole folders", async () => {
    for (const path of [".env", "deep/er/.env", "config/a/1.json", "config/b/2.json"]) repo.write(path, path);
    await check(
      (dir, steps) => {
        assert.deepEqual(outcomes(steps), [".env, config/, deep/er/.env · done"]);
        assert.ok(existsSync(join(dir, "config/b/2.json")));
      },
      { setup: { include: ["**/.env", "config/**", "../**"] } },
    );
  });

  it("overwrites nothing and writes through no link", async () => {
    repo.write("secret/.env", "from the main checkout\n");
    repo.write("tracked/.env", "mine\n");
    repo.git("add", "-f", "tracked/.env");
    repo.git("commit", "-qm", "an env that is tracked");
    repo.write(".worktreeinclude", "secret/.env\nlink.pem\nloop.pem\n");
    symlinkSync("/etc/hostname", join(repo.dir, "link.pem"));
    symlinkSync("a.txt", join(repo.dir, "loop.pem"));
    const outside = tempFolder();
    await check(
      (dir, steps) => {
        assert.deepEqual(outcomes(steps), [
          "loop.pem · done",
          "link.pem · skipped · is a link that leads out of the repository",
          "secret/.env · skipped · secret is not a folder",
        ]);
        assert.equal(readlinkSync(join(dir, "loop.pem")), "a.txt");
        assert.ok(lstatSync(join(dir, "secret")).isSymbolicLink());
        assert.ok(!existsSync(join(outside.dir, ".env")));
      },
      {},
      () => {
        // The worktree's commit has a link where the main checkout has a folder.
        const tree = repo.git("rev-parse", "HEAD");
        const blob = tempFolder();
        writeFileSync(join(blob.dir, "target"), outside.dir);
        const id = repo.git("hash-object", "-w", join(blob.dir, "target"));
        repo.git("update-index", "--add", "--cacheinfo", `120000,${id},secret`);
        repo.git("commit", "-qm", "a link", "--no-verify");
        assert.notEqual(repo.git("rev-parse", "HEAD"), tree);
        blob.dispose();
      },
    );
    outside.dispose();
  });

  it("says what has changed or is gone since the run began", async () => {
    repo.write("node_modules/x/x.js", "x\n");
    repo.write("packages/a/node_modules/y/y.js", "y\n");
    await check(
      (_dir, steps) =>
        assert.deepEqual(outcomes(steps), [
          "node_modules · done · has changed since the run began",
          "packages/a/node_modules · skipped · is gone",
        ]),
      {},
      () => {
        repo.write("node_modules/z/z.js", "z\n");
        repo.git("clean", "-qfdX", "packages");
      },
    );
  });

  it("starts commands in the folder that was opened, and at the root where it is not there", async () => {
    const { signal } = new AbortController();
    repo.write("later/only/x", "");
    for (const [folder, at] of [
      ["packages/a", "/packages/a"],
      [".", ""],
      ["later/only", ""],
    ] as const) {
      const ports = await portsFor(join(repo.dir, folder), trees.dir);
      const commit = repo.git("rev-parse", "HEAD");
      const place = await openWorkPlace(ports, { name: "w1", commit, writable: true, signal });
      const outcome = await place.shell.run('echo "$PWD"', { timeoutMs: 20_000, signal });
      assert.equal(outcome.kind === "exited" && outcome.output, `${place.dir}${at}\n`);
      await place.close();
    }
  });

  it("gives each worker ports of its own, and says where it is", async () => {
    const ports = await portsFor(repo.dir, trees.dir);
    const { signal } = new AbortController();
    const commit = repo.git("rev-parse", "HEAD");
    const places = await Promise.all(
      ["w1", "w2", "w3"].map((name) => openWorkPlace(ports, { name, commit, writable: true, signal })),
    );
    const said = await Promise.all(
      places.map(async ({ shell, dir }) => {
        const outcome = await shell.run('echo $PORT $BRAID_PORT_BASE $PWD; [ "$WORKTREE_PATH" = "$PWD" ]', {
          timeoutMs: 20_000,
          signal,
        });
        assert.ok(outcome.kind === "exited" && outcome.exitCode === 0, JSON.stringify(outcome));
        assert.ok(outcome.output.includes(dir));
        return outcome.output.split(" ")[0];
      }),
    );
    assert.equal(new Set(said).size, 3);
    for (const place of places) await place.close();
  });
});
