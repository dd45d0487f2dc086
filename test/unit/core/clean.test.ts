import { deepEqual, equal, match } from "node:assert/strict";
import { ageText, parseAge } from "../../../src/core/age-text";
import { chooseRuns, type CleanWish } from "../../../src/core/clean/choose-runs";
import { archiveText, outcomeLine, previewLines } from "../../../src/core/clean/clean-text";
import type { RunStock } from "../../../src/core/clean/stock";
import { unmergedWork } from "../../../src/core/clean/unmerged";
import { failure } from "../../../src/core/failure";
import { parseSize } from "../../../src/core/size-text";
import type { RunEvent } from "../../../src/core/state/events";
import {
  accepted,
  accepting,
  begun,
  finished,
  planOf,
  rejected,
  retried,
  started,
  stateAfter,
} from "../../support/builders";

const DAY = 86_400_000;
const NOW = 100 * DAY;

function stock(id: string, days: number, more: Partial<RunStock> = {}): RunStock {
  return {
    id,
    log: { goal: `Goal of ${id}\nand more`, phase: "done" },
    lastMs: NOW - days * DAY,
    owner: null,
    logBytes: 1_000_000,
    worktrees: [],
    refs: [],
    unmerged: [],
    isHalfCleaned: false,
    ...more,
  };
}

describe("which runs a clean-up chooses", () => {
  const runs = [
    stock("new", 1),
    stock("mid", 13, { worktrees: [{ name: "w", dir: "/w", bytes: 9_000_000 }] }),
    stock("old", 30),
    stock("oldest", 60),
  ];
  const check = (wish: CleanWish, expected: readonly string[], of: readonly RunStock[] = runs) =>
    deepEqual(
      chooseRuns(of, wish, NOW).clean.map(({ id }) => id),
      expected,
    );

  it("by age, two weeks unless said otherwise", () => {
    check({}, ["old", "oldest"]);
    check({ olderThanMs: 40 * DAY }, ["oldest"]);
    check({ olderThanMs: 0 }, ["new", "mid", "old", "oldest"]);
  });
  it("also with a time that is yet to come, where any age will do", () => {
    const ahead = [stock("ahead", -3), ...runs];
    check({ olderThanMs: 0 }, ["ahead", "new", "mid", "old", "oldest"], ahead);
    check({}, ["old", "oldest"], ahead);
  });
  it("by number: the latest stay", () => {
    check({ keep: 3 }, ["oldest"]);
    check({ keep: 9 }, []);
    check({ keep: 0 }, ["new", "mid", "old", "oldest"]);
    check({ keep: 3, olderThanMs: 10 * DAY }, ["oldest"]);
  });
  it("by size: the oldest go until the rest fits", () => {
    check({ maxBytes: 12_000_000 }, ["oldest"]);
    check({ maxBytes: 11_000_000 }, ["old", "oldest"]);
    check({ maxBytes: 13_000_000 }, []);
    check({ maxBytes: 0, keep: 1 }, ["mid", "old", "oldest"]);
  });
  it("by name", () => check({ runs: ["mid"] }, ["mid"]));
  it("never one that a process has, and always one whose clean-up was cut short", () => {
    const held = [stock("held", 90, { owner: "process 7" }), stock("half", 0, { isHalfCleaned: true })];
    check({ olderThanMs: 0 }, ["half"], held);
    check({ runs: ["held"] }, ["half"], held);
    deepEqual(
      chooseRuns(held, {}, NOW).keep.map(({ why }) => why),
      ["process 7 has it"],
    );
  });
  it("is told before anything is deleted", () => {
    const some = [...runs, stock("torn", 50, { log: null, refs: ["a", "b"], unmerged: ["a", "b"] })];
    const lines = previewLines({ runs: some, archived: [] }, chooseRuns(some, {}, NOW), NOW);
    deepEqual(lines, [
      "To be deleted:",
      "  old   1.0 MB  1 month ago, done  Goal of old",
      "  torn   1.0 MB  1 month ago, its log cannot be read, 2 refs",
      "            work of a, b is in no branch: archived first",
      "  oldest   1.0 MB  2 months ago, done  Goal of oldest",
      "Kept:",
      "  new   1.0 MB  last touched 1 day ago",
      "  mid    10 MB  last touched 1 week ago",
      "In use: 14 MB by 5 runs; this frees about 3.0 MB.",
    ]);
  });
  it("tells how each ended", () => {
    match(outcomeLine({ run: "r", kind: "archived" }), /braid restore r/u);
    match(outcomeLine({ run: "r", kind: "left", failure: failure("disk.full", "Full.") }), /left: Full\./u);
    equal(archiveText(stock("r", 1)), "");
  });
});

describe("what of a run no branch has", () => {
  const plan = planOf("a", "b");
  const A = "refs/braid/r0000001/1/1";
  const check = (events: readonly RunEvent[], refs: readonly string[], expected: readonly string[], inBranch = true) =>
    deepEqual(
      unmergedWork(stateAfter(...begun(plan), ...events), refs, () => inBranch),
      expected,
    );
  const done = finished("a", "x");

  it("not a result that was accepted whole, and what belongs to it", () =>
    check([started("a"), done, accepting("a"), accepted("a")], [A, `${A}-taken`], []));
  it("one nobody decided about", () => check([done], [A], ["a"]));
  it("one that was rejected", () => check([done, rejected("a")], [A], ["a"]));
  it("one whose accept the user has since taken out of every branch", () =>
    check([started("a"), done, accepting("a"), accepted("a")], [A], ["a"], false));
  it("an earlier attempt", () =>
    check([started("a"), done, rejected("a"), retried("a"), started("a", 2), done, accepted("a")], [A], ["a"]));
  it("the turns of an attempt that was cut short", () => check([], ["refs/braid/turns/r0000001/2/1"], ["b"]));
  it("whatever else is named", () =>
    check([], ["refs/braid/r0000001/worktrees/x"], ["refs/braid/r0000001/worktrees/x"]));
});

describe("ages and sizes as users write them", () => {
  it("are read", () => {
    deepEqual(["14d", "12h", "2w", "90m", "0", "d", "1.5d", "-1d", "14", "14 days"].map(parseAge), [
      14 * DAY,
      DAY / 2,
      14 * DAY,
      90 * 60_000,
      0,
      ...Array.from({ length: 5 }, () => undefined),
    ]);
    deepEqual(["500MB", "2 GB", "1.5g", "7", "10kb", "x", "-1", "1e9", "MB"].map(parseSize), [
      5e8,
      2e9,
      1.5e9,
      7,
      10_000,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
  it("are written", () =>
    deepEqual([0, 59_000, 60_000, 2 * 3_600_000, DAY, 20 * DAY, 400 * DAY].map(ageText), [
      "just now",
      "just now",
      "1 minute ago",
      "2 hours ago",
      "1 day ago",
      "2 weeks ago",
      "1 year ago",
    ]));
});
