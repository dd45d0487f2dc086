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
      /asks for changes:\n\nLess\.\n\n1\. file\.txt:15, as you left it:\n> middle\nLeave the middle\.\n\n2\. file\.txt:28, as you left it:\n> bottom\nBetter, please\./u,
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

  it("begins with the last result, but for what was turned down, and is shown against it", async () => {
    const { commit, base } = await on.review("a");
    await marks.tick(commit, [{ path: "file.txt", take: [1, 3] }]);
    await marks.comment(commit, [
      { path: "file.txt", side: "result", line: 28, text: "Better, please." },
      { path: "file.txt", side: "result", line: 2, text: "Why?" },
      { path: "file.txt", side: "base", line: 15, text: "Keep it." },
    ]);
    await ask("");
    const a = subtaskState(on.run.state(), "a");
    equal(a?.base, base);
    equal(on.repo.git("show", `${a?.from ?? ""}:file.txt`), text({ 2: "top", 28: "bottom" }).trimEnd());
    const { since } = await on.review("a");
    deepEqual([since?.attempt, since?.commit, since?.files.map(({ path }) => path)], [1, commit, ["file.txt"]]);
    deepEqual(
      since?.comments.map(({ fate, now }) => [fate, now.line]),
      [
        ["changed", 28],
        ["as-it-was", 2],
        ["as-it-was", 15],
      ],
    );
    // In another process, too.
    const again = await on.reopen();
    deepEqual((await on.review("a")).since, since);
    await again.retry("a", "anew");
    await again.idle();
    equal((await on.review("a")).since, null);
    equal(subtaskState(again.state(), "a")?.from, null);
  });

  it("that comes to nothing is told so, and fails with the last result at hand", async () => {
    await ask("Do it.");
    await ask("Once more, which this worker does not do.");
    const a = subtaskState(on.run.state(), "a");
    deepEqual([a?.status, a?.failure?.code], ["failed", "result.empty"]);
    equal(on.repo.git("show", `${a?.result?.commit ?? ""}:file.txt`).includes("better"), true);
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

/** `b` rests on `a` and takes over its two changes; the one at the top it leaves as it found it, or changes. */
function useTwo(onTop: string) {
  const on = useReviewRun({
    files: { "file.txt": text() },
    plan: { subtasks: [{ id: "a" }, { id: "b", dependencies: ["a"] }] },
    writes: {
      a: { "file.txt": text({ 2: "top", 15: "middle" }) },
      b: (attempt) => (attempt === 1 ? { "file.txt": text({ 2: onTop, 15: "middle", 28: "b" }) } : { "b.txt": "b\n" }),
    },
  });
  const takeOfA = async (take: readonly number[]) => {
    const { base, commit } = await on.review("a");
    await on.run.accept("a", { selection: { base, commit, files: [{ path: "file.txt", take }] } });
  };
  const ask = async () => {
    const { commit } = await on.review("b");
    await requestChanges(on.run, "b", { commit, text: "More.", marks: reviewMarks(memoryMarks()) });
    await on.run.idle();
    const b = subtaskState(on.run.state(), "b");
    return { b, result: on.repo.git("show", `${b?.result?.commit ?? ""}:file.txt`) };
  };
  return { on, takeOfA, ask };
}

describe("a request for changes of what rests on another", function () {
  this.timeout(60_000);
  const { on, takeOfA, ask } = useTwo("top");

  it("puts the last result on what was taken of that by now", async () => {
    await takeOfA([1]);
    const { b, result } = await ask();
    equal(on.repo.git("show", `${b?.base ?? ""}:file.txt`), text({ 2: "top" }).trimEnd());
    equal(result, text({ 2: "top", 28: "b" }).trimEnd());
    deepEqual(
      (await on.review("b")).since?.files.map(({ path }) => path),
      ["b.txt"],
    );
    await on.run.accept("b");
    equal(on.repo.read("file.txt"), text({ 2: "top", 28: "b" }));
    // What was left out stays out through undo and redo as well.
    await on.run.merges.undo("b");
    await on.run.accept("b");
    equal(on.repo.read("file.txt"), text({ 2: "top", 28: "b" }));
  });
});

describe("a request for changes of what does not fit any more on what it rests on", function () {
  this.timeout(60_000);
  const { on, takeOfA, ask } = useTwo("top of b");

  it("stays on what it was made on", async () => {
    const before = subtaskState(on.run.state(), "b")?.base;
    await takeOfA([2]);
    // What b did to the line that was left out cannot be put where that is not.
    const { b, result } = await ask();
    deepEqual([b?.status, b?.base, b?.restsOn], ["finished", before, ["a"]]);
    equal(result, text({ 2: "top of b", 15: "middle", 28: "b" }).trimEnd());
  });
});
