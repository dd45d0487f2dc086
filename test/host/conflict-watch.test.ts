import * as assert from "node:assert/strict";
import { Emitter } from "../../src/util/emitter";
import { ConflictWatch } from "../../src/host/review/conflict-watch";
import { useReviewRun } from "../support/review-run";

describe("conflicts of results that wait", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "a.txt": "one\n" },
    plan: { subtasks: [{ id: "a" }, { id: "b" }] },
    writes: { a: { "a.txt": "two\n" }, b: { "b.txt": "b\n" } },
  });

  it("are known when the branch has moved, and gone when it moved back, though no event of the run tells of it", async () => {
    const changed = new Emitter<void>();
    const told: string[] = [];
    let hear: (() => void) | undefined;
    const owner = {
      get run() {
        return t.run;
      },
      get view() {
        return t.run.view;
      },
      onDidChange: changed.event,
    };
    const watch = new ConflictWatch(owner, (ids) => {
      told.push(`${ids.join()} ${ids.map((id) => watch.has(id)).join()}`);
      hear?.();
    });
    const next = (): Promise<void> => new Promise((resolve) => (hear = resolve));
    try {
      t.repo.write("a.txt", "mine\n");
      t.repo.commit("mine");
      await next();
      // What looks after files in VS Code begins a moment after it was asked to.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      t.repo.git("reset", "-q", "--hard", "HEAD^");
      await next();
      assert.deepEqual(told, ["a true", "a false"]);
      assert.equal(watch.has("b"), false);
    } finally {
      watch.dispose();
      changed.dispose();
    }
  });
});
