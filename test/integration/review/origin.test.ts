import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { pullRequestText } from "../../../src/core/review/pull-request";
import { writeOrigin } from "../../../src/core/review/origin";
import { findOrigin } from "../../../src/run/accept/origin";
import { useReviewRun } from "../../support/review-run";

describe("the origin of a line", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "a.txt": "one\ntwo\n" },
    plan: {
      subtasks: [
        { id: "a", description: "Say three" },
        { id: "b", dependencies: ["a"] },
      ],
    },
    writes: { a: { "a.txt": "one\ntwo\nthree by a\n" }, b: { "b.txt": "b\n" } },
  });
  const at = (line: number, contents?: string) =>
    findOrigin(t.run.ports.repo, { path: "a.txt", line, ...(contents === undefined ? {} : { contents }) });

  for (const merge of ["squash", "merge"] as const)
    it(`is the subtask, attempt and tool call that wrote it (${merge})`, async () => {
      await t.run.accept("a", { merge });
      const { work, commit } = await at(3);
      deepEqual(
        [work?.run, work?.subtask, work?.attempt, work?.objective, work?.call],
        [t.run.id, "a", 1, "Say three", { turn: 1, tool: "write" }],
      );
      equal(work?.report?.summary, "Wrote a.");
      match(commit, /^[0-9a-f]{40}$/u);
      match(writeOrigin(await at(3)), /turn 1 by ` write `/u);
    });

  it("survives an amended commit, and lines an editor has put before it", async () => {
    await t.run.accept("a");
    t.repo.git(
      "commit",
      "-q",
      "--amend",
      "-m",
      `${t.repo.git("log", "-1", "--format=%B")}\n`,
      "--date=2020-01-01T00:00:00",
    );
    equal((await at(4, "zero\none\ntwo\nthree by a\n")).work?.subtask, "a");
    await rejects(at(1, "zero\none\ntwo\nthree by a\n"), /not committed yet/u);
  });

  it("is only a commit where no run made it, or says so of a run nobody knows", async () => {
    equal((await at(1)).work, null);
    t.repo.write("a.txt", "one\ntwo\nlie\n");
    t.repo.commit("words\n\nBraid-Run: ../../../x\nBraid-Subtask: a");
    equal((await at(3)).work, null);
    t.repo.write("a.txt", "one\ntwo\nlie again\n");
    t.repo.commit(`words\n\nBraid-Run: ${t.run.id}\nBraid-Subtask: nobody`);
    const origin = await at(3);
    equal(origin.work, null);
    match(writeOrigin(origin), /No run of Braid/u);
    await rejects(at(99), /Git knows no line 99 of a\.txt/u);
  });

  it("goes into the text of a pull request by what was accepted", async () => {
    await t.run.accept("a");
    const { title, body } = pullRequestText(t.run.view);
    equal(title, "g");
    match(body, /## What changes\n\n- Wrote a\. \(a: 1 file\)/u);
    equal(body.includes("Wrote b"), false);
  });
});
