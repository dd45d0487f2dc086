import { deepEqual, equal } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Plan } from "../../../src/core/plan/plan";
import { subtasksOf } from "../../../src/core/state/view";
import { Run } from "../../../src/run/run";
import { fileWriter, portsFor } from "../../support/scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

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
    const ports = { ...(await portsFor(repo.dir, trees.dir, model)), manyFiles: 0 };
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
});
