import { deepEqual, equal } from "node:assert/strict";
import { existsSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunEvent } from "../../../src/core/state/events";
import { addWorktree, checkOut } from "../../../src/git/worktree";
import { reconcile } from "../../../src/run/log/recovery";
import { begun, failedWith, planOf, started, stateAfter } from "../../support/builders";
import { portsFor } from "../../support/scripted-worker";
import { ScriptedModel } from "../../support/scripted-model";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

describe("an attempt that had failed when the process died", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "a\n" });
    trees = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  /** Whether what is left of its worktree stays, which was about to be put away. */
  const check = (name: string, agent: string, stays: boolean, meanwhile: (dir: string) => void = () => undefined) =>
    it(`${stays ? "keeps" : "does not keep"} its worktree ${name}`, async () => {
      const ports = await portsFor(repo.dir, trees.dir, new ScriptedModel([]));
      const base = repo.git("rev-parse", "HEAD");
      const place = join(trees.dir, "r0000001-1-1");
      const worktree = await addWorktree(ports.repo, join(place, "tree"), base);
      await checkOut(worktree);
      meanwhile(worktree.dir);
      const start = { ...started("a"), base, worktree: "r0000001-1-1" } as RunEvent;
      const state = stateAfter(...begun(planOf({ id: "a", agent })), start, failedWith("a", "limit.turns"));
      deepEqual(await reconcile(ports, state), []);
      equal(repo.git("worktree", "list").split("\n").length, stays ? 2 : 1);
      if (!stays) equal(existsSync(place), false);
    });
  check("where it may have work that could not be committed", "implementer", true);
  check("where its role may not write", "researcher", false);
  check("where that was out of sight already", "implementer", false, (dir) => renameSync(dir, `${dir}-gone`));
  check("where all of it is out of sight", "implementer", true, (dir) =>
    renameSync(dirname(dir), `${dirname(dir)}-away`),
  );
});
