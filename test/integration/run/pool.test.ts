import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Plan } from "../../../src/core/plan/plan";
import { subtasksOf } from "../../../src/core/state/view";
import { addWorktree, checkOut } from "../../../src/git/worktree";
import { openWorkPlace } from "../../../src/run/attempt/work-place";
import { type Given, worktreePool } from "../../../src/run/attempt/worktree-pool";
import { Run } from "../../../src/run/run";
import { fileWriter, portsFor } from "../../support/scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

/** Nobody is asked. */
const MODEL = fileWriter({});

describe("worktrees that are kept for the next worker", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "1\n" });
    trees = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  it("go when nobody is at work, also while a pause holds the rest", async () => {
    const model = fileWriter({ first: { "b.txt": "b\n" }, second: { "c.txt": "c\n" } });
    const ports = await portsFor(repo.dir, trees.dir, model);
    const run = await Run.create(ports, "g", { concurrency: 1, attempts: 1 });
    try {
      const taken: number[] = [];
      run.onDidRecord(({ event }) => {
        if (event.type === "subtask.started") void run.pause();
        if (event.type === "subtask.finished") taken.push(readdirSync(trees.dir).length);
      });
      await run.approve(
        Plan.parse({
          task: "t",
          subtasks: [
            { id: "first", verify: ["test -e b.txt"] },
            { id: "second", verify: ["test -e c.txt"], dependencies: ["first"] },
          ],
        }),
      );
      // A pause is no end: who waits for it waits for the second, too.
      while (taken.length === 0 || readdirSync(trees.dir).length > 0) await sleep(20);
      equal(subtasksOf(run.view).find(({ id }) => id === "second")?.status, "queued");
      deepEqual([taken, run.ground.pool.size, readdirSync(trees.dir)], [[1], 0, []]);
      equal(repo.git("worktree", "list").split("\n").length, 1);
    } finally {
      await run.close();
    }
  });

  it("are waited for while they are being given, and not where that comes to nothing", async () => {
    const ports = await portsFor(repo.dir, trees.dir, MODEL);
    const pool = worktreePool(ports);
    const dir = join(trees.dir, "one", "tree");
    const worktree = await addWorktree(ports.repo, dir, repo.git("rev-parse", "HEAD"));
    await checkOut(worktree);
    let find = (_found: Given | undefined): void => undefined;
    const found = new Promise<Given | undefined>((resolve) => (find = resolve));
    const given = pool.give(() => found);
    const nothing = pool.give(async () => undefined);
    const { signal } = new AbortController();
    const [first, second] = [pool.take(signal), pool.take(signal)];
    const stopped = new AbortController();
    const third = pool.take(stopped.signal);
    stopped.abort(new Error("stopped"));
    await rejects(third, /^Error: stopped$/u);
    await nothing;
    find({ worktree, handedOver: undefined });
    await given;
    deepEqual([(await first)?.dir, await second], [dir, undefined]);
    await pool.discard(worktree);
    deepEqual(readdirSync(trees.dir), []);
  });

  it("are none of which nobody can tell what was touched, and are taken away", async () => {
    const lines: string[] = [];
    const ports = await portsFor(repo.dir, trees.dir, MODEL);
    const pool = worktreePool({ ...ports, log: (line) => lines.push(line) });
    const { signal } = new AbortController();
    const commit = repo.git("rev-parse", "HEAD");
    const place = await openWorkPlace(ports, { name: "odd", commit, writable: true, pool, signal });
    await place.shell.run("true", { timeoutMs: 60_000, signal });
    // Somebody took its index away.
    const { gitDir } = await place.made;
    rmSync(join(gitDir, "index"));
    await place.close("reuse");
    deepEqual([pool.size, readdirSync(trees.dir), repo.git("worktree", "list").split("\n").length], [0, [], 1]);
    match(lines.join("\n"), /is not used again/u);
  });

  it("are none where a worker ends before its own was begun", async () => {
    const ports = await portsFor(repo.dir, trees.dir, MODEL);
    const pool = worktreePool(ports);
    const { signal } = new AbortController();
    const commit = repo.git("rev-parse", "HEAD");
    const place = await openWorkPlace(ports, { name: "soon", commit, writable: true, pool, signal });
    await place.close("reuse");
    deepEqual([pool.size, readdirSync(trees.dir), repo.git("worktree", "list").split("\n").length], [0, [], 1]);
  });
});
