import { deepEqual, equal, match } from "node:assert/strict";
import { subtaskState } from "../../../src/core/state/state";
import { memoryMarks, reviewMarks, type ReviewMarks } from "../../../src/protocol/review-marks";
import { requestChanges } from "../../../src/run/attempt/request-changes";
import { useReviewRun } from "../../support/review-run";

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
function text(changes: Readonly<Record<number, string>> = {}): string {
  return `${LINES.map((line, i) => changes[i + 1] ?? line).join("\n")}\n`;
}

describe("a request for changes", function () {
  this.timeout(60_000);
  const on = useReviewRun({
    files: { "file.txt": text() },
    plan: { subtasks: [{ id: "a" }] },
    writes: {
      a: (attempt) => ({ "file.txt": text({ 2: "top", 15: "middle", 28: attempt === 1 ? "bottom" : "better" }) }),
    },
  });
  let marks: ReviewMarks;
  beforeEach(() => {
    marks = reviewMarks(memoryMarks());
  });
  const ask = async (words: string) => {
    const { commit } = await on.review("a");
    await requestChanges(on.run, "a", { commit, text: words, marks });
    await on.run.idle();
  };

  it("tells the next attempt of text and comments, and turns down what was unticked, with what was said of it", async () => {
    const { commit } = await on.review("a");
    await marks.tick(commit, [{ path: "file.txt", take: [1, 3] }]);
    await marks.comment(commit, [
      { path: "file.txt", side: "result", line: 15, text: "Leave the middle." },
      { path: "file.txt", side: "result", line: 28, text: "Better, please." },
    ]);
    await ask("Less.");
    const a = subtaskState(on.run.state(), "a");
    equal(a?.attempt, 2);
    match(
      a?.note ?? "",
      /asks for changes:\n\nLess\.\n\nfile\.txt:15, as you left it:\n> middle\nLeave the middle\.\n\nfile\.txt:28, as you left it:\n> bottom\nBetter, please\./u,
    );
    deepEqual(
      a?.leftOut.map(({ path, number, reason }) => [path, number, reason]),
      [["file.txt", 2, "Leave the middle."]],
    );
    // Sent is sent; and what comes again is seen to be turned down, and not ticked.
    const again = await on.review("a");
    deepEqual(marks.comments(commit), []);
    deepEqual(again.choices, [{ path: "file.txt", take: [1, 3] }]);
  });

  it("is refused where nothing is asked for, or of a result that is no longer the one", async () => {
    const { commit } = await on.review("a");
    await on.refused("run.state", () => ask("  "), /Nothing is asked for yet.*comment on a line/u);
    // Ticked as it was proposed asks for nothing.
    await marks.tick(commit, [{ path: "file.txt", take: "all" }]);
    await on.refused("run.state", () => ask(""), /Nothing is asked for yet/u);
    await ask("Again.");
    const stale = () => requestChanges(on.run, "a", { commit, text: "More.", marks });
    await on.refused("run.state", stale, /newer result/u);
  });
});
