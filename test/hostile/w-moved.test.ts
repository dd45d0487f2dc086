import assert from "node:assert/strict";
import { useReviewRun } from "../support/review-run";

const OTHER = "f".repeat(40);

describe("a decision about what git has moved meanwhile (W04)", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "a.txt": "a\n", "b.txt": "b\n" },
    plan: { subtasks: [{ id: "one" }, { id: "two" }] },
    writes: { one: { "a.txt": "one\n", ".npmrc": "x=1\n" }, two: { "b.txt": "two\n" } },
  });
  const seen = async () => {
    const { commit, base, choices, merge, files } = await t.review("one");
    return { shown: commit, target: merge?.target, selection: { base, commit, files: choices }, files };
  };

  it("W04 a result that is another one", async () => {
    const { target, selection } = await seen();
    await t.refused("run.state", () => t.run.accept("one", { shown: OTHER, target, selection }), /shown|changed/u);
  });

  it("W04 a target that has moved", async () => {
    const { shown, target, selection } = await seen();
    t.repo.write("c.txt", "c\n");
    t.repo.git("add", "c.txt");
    t.repo.git("commit", "-qm", "mine");
    await t.refused("target.moved", () => t.run.accept("one", { shown, target, selection }), /moved/u);
  });

  it("W04 executable configuration whose content is another than was approved (MCPoison)", async () => {
    const { shown, target, selection } = await seen();
    const files = selection.files.map((file) => ({ ...file, take: "all" as const }));
    const config = [{ path: ".npmrc", blob: OTHER }];
    await t.refused(
      "run.state",
      () => t.run.accept("one", { shown, target, selection: { ...selection, files }, config }),
      /newer result than the one shown/u,
    );
  });

  it("W04 the same accept twice lands once", async () => {
    const { shown, target, selection } = await seen();
    await t.run.accept("one", { shown, target, selection });
    const head = t.repo.git("rev-parse", "main");
    await t.refused("run.state", () => t.run.accept("one", { shown, target, selection }), /./u);
    assert.equal(t.repo.git("rev-parse", "main"), head);
  });
});
