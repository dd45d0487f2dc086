import { deepEqual, equal, ok } from "node:assert/strict";
import { parseDiff } from "../../../src/core/review/hunks";
import { toReviewHead } from "../../../src/core/review/review";
import { subtaskState } from "../../../src/core/state/state";
import { outlineOf } from "../../../src/protocol/outline";
import { packFile, packReview, unpackFile, unpackReview } from "../../../src/protocol/packed-review";
import { toShownReview } from "../../../src/protocol/open-review";
import type { ShownFile } from "../../../src/protocol/review-messages";
import { FakeSource } from "../../e2e/panel/fake-source";
import { halfwayRun, RESULTS } from "../../e2e/panel/fixture";
import { begun, finished, planOf, started, stateAfter } from "../../support/builders";

/** What a page would get: JSON has no undefined. */
const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe("a packed review", () => {
  for (const subtask of ["session-store", "login-form", "rate-limit"] as const)
    it(`is the same again: ${subtask}`, async () => {
      const source = new FakeSource(halfwayRun());
      const { commit } = RESULTS[subtask];
      await source.marks.view(subtask, "src/session.ts", "another");
      await source.marks.tick(commit, [
        { path: "src/session.ts", take: [2] },
        { path: "win.txt", take: "none" },
      ]);
      const shown = toShownReview(await source.review(subtask, commit), source.marks);
      deepEqual(unpackReview(wire(packReview(shown))), wire(shown));
      const accepted = { ...shown, taken: shown.choices };
      deepEqual(unpackReview(wire(packReview(accepted))), wire(accepted));
    });

  const usual: ShownFile = unpackFile(["a.ts", 1, 2, [1, 2, 3, 4, 5, 0, 6, 7, 8, 9, 10, 11, 1, 12]]);
  const rows: readonly (readonly [string, Partial<ShownFile>])[] = [
    ["a usual one", {}],
    ["a heading", { hunks: usual.hunks.map((hunk, i) => ({ ...hunk, heading: i === 1 ? "f()" : "" })) }],
    ["a new name", { from: "b.ts", status: "renamed", parts: [0, 1, 2] }],
    ["parts left out", { leftOut: [2] }],
    ["a whole file", { parts: [], whole: "it is new", status: "added" }],
    ["another mode", { newMode: "100755", parts: [0, 1, 2] }],
    ["no hunks", { hunks: [], parts: [], binary: true, bytes: { base: null, result: 3 } }],
    ["too many hunks", { withheld: 7 }],
    ["what runs later", { executable: { path: "a.ts", reason: "r", blob: "c" }, outOfScope: true, viewed: true }],
    ["words", { words: { status: "Copied", notes: ["n"], lines: false, markReturns: true } }],
  ];
  for (const [name, change] of rows)
    it(`keeps ${name}`, () => {
      const file = { ...usual, ...change };
      deepEqual(unpackFile(wire(packFile(file))), file);
    });

  it("keeps a mode that is not there", () => {
    const { oldMode: _mode, ...file } = { ...usual, status: "added" as const };
    deepEqual(unpackFile(wire(packFile(file))), file);
    equal("oldMode" in unpackFile(packFile(file)), false);
  });

  it("is a fraction of its size for plain files", () => {
    const state = stateAfter(...begun(planOf({ id: "a" })), started("a"), finished("a", "x.ts"));
    const subtask = subtaskState(state, "a");
    ok(subtask);
    const { files } = toReviewHead(subtask, parseDiff(RESULTS["session-store"].diff));
    const [first] = outlineOf(files);
    ok(first);
    const file = { ...first, viewed: false };
    ok(JSON.stringify(packFile(file)).length * 3 < JSON.stringify(file).length);
  });
});
