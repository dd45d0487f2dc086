import { deepEqual, equal } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../../src/core/state/events";
import { openRepository } from "../../../src/git/repository";
import { addWorktree, checkOut } from "../../../src/git/worktree";
import { snapshotWorktrees } from "../../../src/run/clean/settle-run";
import { reconcile } from "../../../src/run/log/recovery";
import { begun, planOf, started, stateAfter } from "../../support/builders";
import { portsFor } from "../../support/run-ports";
import { orphanOf, processesWith } from "../../support/sandbox";
import { tempFolder, tempRepo } from "../../support/temp-repo";

describe("a sandbox whose owner was killed before it had let it go on", function () {
  this.timeout(60_000);
  let repo: ReturnType<typeof tempRepo>;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "a\n" });
    trees = tempFolder();
  });
  afterEach(() => {
    for (const dir of [repo.dir, trees.dir]) for (const pid of processesWith(dir)) process.kill(pid, "SIGKILL");
    repo.dispose();
    trees.dispose();
  });

  for (const [what, how] of [
    ["who opens the run looks at its files", reconcile],
    ["who cleans up looks at them", (ports, { id }) => snapshotWorktrees(ports, id)],
  ] satisfies readonly (readonly [string, (...of: Parameters<typeof reconcile>) => Promise<unknown>])[])
    it(`is ended before ${what}, and nobody else's is`, async () => {
      const ports = await portsFor(repo.dir, trees.dir);
      const base = repo.git("rev-parse", "main");
      const worktree = await addWorktree(await openRepository(repo.dir), join(trees.dir, "r0000001-1-1", "tree"), base);
      await checkOut(worktree);
      writeFileSync(join(worktree.dir, "new.txt"), "half\n");
      const other = join(trees.dir, "r0000002-1-1", "tree");
      mkdirSync(other, { recursive: true });
      const [left, others] = [await orphanOf(worktree.dir), await orphanOf(other)];
      deepEqual([processesWith(worktree.dir), processesWith(other)], [[left], [others]]);
      const events = [...begun(planOf("a")), { ...started("a"), base, worktree: "r0000001-1-1" } as RunEvent];
      await how(ports, stateAfter(...events));
      deepEqual(processesWith(worktree.dir), []);
      equal(processesWith(other).length, 1);
    });
});
