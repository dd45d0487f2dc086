import assert from "node:assert/strict";
import type { FileChoice, Take } from "../../../src/core/review/selection";
import { countTicks, fileTick, takenBack, toggleFile, togglePart, withTicks } from "../../../src/core/review/ticks";
import { acceptLabel, undoLabel } from "../../../webview/decision-words";

const file = (path: string, ...parts: readonly number[]) => ({ path, parts });

describe("ticks", () => {
  const parts: readonly (readonly [Take, number, Take])[] = [
    ["all", 2, [1, 3]],
    ["none", 2, [2]],
    [[1], 2, [1, 2]],
    [[1, 2], 3, "all"],
    [[2], 2, "none"],
    [[2], 9, [2]],
    ["all", 0, "all"],
  ];
  for (const [take, number, expected] of parts)
    it(`of ${String(take)}, pressing hunk ${number} leaves ${String(expected)}`, () =>
      assert.deepEqual(togglePart(file("a", 1, 2, 3), take, number), expected));

  it("counts the new name as a part of its own", () => assert.deepEqual(togglePart(file("a", 0, 1), "all", 1), [0]));

  const files: readonly (readonly [Take, string, Take])[] = [
    ["all", "all", "none"],
    ["none", "none", "all"],
    [[1], "some", "all"],
  ];
  for (const [take, tick, next] of files)
    it(`a file of which ${String(take)} is taken is ticked: ${tick}`, () =>
      assert.deepEqual([fileTick(take), toggleFile(take)], [tick, next]));

  const backs: readonly (readonly [string, readonly Take[], readonly Take[], readonly (Take | null)[], string])[] = [
    ["nothing", ["all", "all"], ["all", "all"], [null, null], "Undo Accept"],
    ["all", ["all", "all"], ["none", "none"], [[1, 2, 3], "all"], "Undo Accept"],
    ["a hunk", ["all", "none"], [[1, 3], "none"], [[2], null], "Undo 1 of 3 hunks"],
    ["a hunk of a part", [[1, 2], "none"], [[2], "none"], [[1], null], "Undo 1 of 2 hunks"],
    ["a whole file", ["all", "all"], ["all", "none"], [null, "all"], "Undo 1 of 4 changes"],
    ["no more than was taken", [[1], "none"], ["none", "none"], [[1], null], "Undo Accept"],
  ];
  for (const [name, taken, now, back, label] of backs)
    it(`takes ${name} back: ${label}`, () => {
      const of = (takes: readonly Take[]) => takes.map((take, i) => ({ path: "ab"[i] ?? "", take }));
      const found = takenBack([file("a", 1, 2, 3), file("b")], of(taken), of(now));
      assert.deepEqual(
        found.back,
        back.flatMap((take, i) => (take === null ? [] : [{ path: "ab"[i], take }])),
      );
      assert.equal(undoLabel(found.count), label);
    });

  it("lays ticks over what was proposed, for the files there are", () =>
    assert.deepEqual(
      withTicks(
        [file("a"), file("b"), file("c")],
        [
          { path: "a", take: "all" },
          { path: "b", take: "all" },
        ],
        [
          { path: "b", take: [1] },
          { path: "gone", take: "all" },
        ],
      ),
      [
        { path: "a", take: "all" },
        { path: "b", take: [1] },
        { path: "c", take: "none" },
      ],
    ));

  const labels: readonly (readonly [string, readonly ReturnType<typeof file>[], readonly FileChoice[], string])[] = [
    ["everything", [file("a", 1, 2)], [{ path: "a", take: "all" }], "Accept"],
    [
      "some hunks",
      [file("a", 1, 2), file("b", 1, 2, 3)],
      [
        { path: "a", take: "all" },
        { path: "b", take: [2] },
      ],
      "Accept 3 of 5 hunks",
    ],
    ["nothing", [file("a", 1)], [], "Accept 0 of 1 hunk"],
    [
      "a file that goes whole",
      [file("a", 1, 2), file("new")],
      [
        { path: "a", take: [1] },
        { path: "new", take: "all" },
      ],
      "Accept 2 of 3 changes",
    ],
    ["a new name", [file("a", 0, 1)], [{ path: "a", take: [1] }], "Accept 1 of 2 changes"],
  ];
  for (const [name, all, choices, expected] of labels)
    it(`says what Accept does with ${name}`, () =>
      assert.equal(acceptLabel(countTicks(all, choices), "alone"), expected));
});
