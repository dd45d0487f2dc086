import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CleanStep } from "../../src/run/clean/clean-run";
import { restoreRun } from "../../src/run/clean/restore-run";
import { takeStock } from "../../src/run/clean/take-stock";
import { useReviewRun } from "../support/review-run";

const MOST: readonly CleanStep[] = ["settled", "archived", "set aside"];
const REST: readonly CleanStep[] = ["refs deleted", "worktrees deleted", "deleted"];
const STEPS = process.env["BRAID_TEST_SIZE"] === undefined ? MOST : [...MOST, ...REST];

describe("a clean-up whose process is killed", function () {
  this.timeout(60_000);
  const at = useReviewRun({
    files: { "README.md": "# x\n" },
    plan: { subtasks: [{ id: "one", files: ["one.txt"] }] },
    writes: { one: { "one.txt": "1\n" } },
  });
  const program = (...args: readonly string[]) =>
    spawnSync(
      process.execPath,
      [resolve("dist/test/faults/clean-up.main.mjs"), at.repo.dir, at.run.ports.worktreeRoot, ...args],
      { encoding: "utf8" },
    );
  const stock = () => takeStock(at.run.ports.repo, at.run.ports.worktreeRoot, new AbortController().signal);
  const folder = (...names: readonly string[]) => join(at.repo.dir, ".git/braid", ...names);

  for (const step of STEPS)
    it(`when the run is ${step}: is finished the next time, and the run comes back whole`, async () => {
      const { id } = at.run;
      await at.run.close();
      const tree = join(at.run.ports.worktreeRoot, `${id}-left`, "tree");
      at.repo.git("worktree", "add", "--quiet", "--detach", tree);
      writeFileSync(join(tree, "left.txt"), "left\n");
      const log = readFileSync(folder("runs", id, "journal.jsonl"), "utf8");
      const named = at.repo.git("for-each-ref", `refs/braid/${id}`);

      const killed = program(step);
      equal(killed.signal, "SIGKILL", killed.stderr);
      // Seen whole, or out of sight.
      const isSeen = existsSync(folder("runs", id));
      equal(isSeen, step === "settled" || step === "archived");
      if (isSeen) equal(at.repo.git("for-each-ref", `refs/braid/${id}`), named);

      const again = program("never");
      equal(again.status, 0, again.stderr);
      const outcomes = JSON.parse(again.stdout);
      deepEqual(outcomes, step === "deleted" ? [] : [{ run: id, kind: "archived" }]);
      const { runs, archived } = await stock();
      deepEqual(runs, []);
      deepEqual(
        archived.map((each) => [each.id, each.goal]),
        [[id, "g"]],
      );
      deepEqual(readdirSync(folder("trash")), []);
      deepEqual(readdirSync(at.run.ports.worktreeRoot), []);

      const { snapshots } = await restoreRun(at.run.ports, id);
      equal(at.repo.git("show", `${snapshots[0]}:left.txt`), "left");
      equal(readFileSync(folder("runs", id, "journal.jsonl"), "utf8"), log);
      ok(at.repo.git("for-each-ref", `refs/braid/${id}`).includes(named));
      deepEqual((await stock()).archived, []);
    });
});
