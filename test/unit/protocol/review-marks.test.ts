import assert from "node:assert/strict";
import { memoryMarks, reviewMarks } from "../../../src/protocol/review-marks";

const A = "a".repeat(40);
const B = "b".repeat(40);

describe("reviewMarks", () => {
  it("are the same for who reads the store again", async () => {
    const store = memoryMarks();
    const marks = reviewMarks(store);
    await marks.tick(A, [{ path: "x", take: [1, 3] }]);
    await marks.tick(A, [{ path: "__proto__", take: "none" }]);
    await marks.view("one", "x", "mark");
    await marks.view("one", "y", "mark");
    await marks.view("one", "y", undefined);
    const again = reviewMarks({ ...store, read: () => JSON.parse(JSON.stringify(store.read())) });
    assert.deepEqual(again.ticks(A), [
      { path: "x", take: [1, 3] },
      { path: "__proto__", take: "none" },
    ]);
    assert.deepEqual([...again.viewed("one")], [["x", "mark"]]);
    assert.deepEqual([again.ticks(B), again.viewed("two").size], [[], 0]);
  });

  it("keep remarks until they are sent, and tell of each change", async () => {
    const store = memoryMarks();
    const marks = reviewMarks(store);
    const told: string[] = [];
    marks.onDidComment((commit) => told.push(commit));
    const comment = { path: "x", side: "base", line: 4, text: "why?" } as const;
    await marks.comment(A, [comment]);
    assert.deepEqual(reviewMarks(store).comments(A), [comment]);
    await marks.comment(A, []);
    assert.deepEqual([reviewMarks(store).comments(A), told], [[], [A, A]]);
  });

  for (const [name, comments] of [
    ["long", [{ path: "x", side: "base", line: 4, text: "x".repeat(10_001) }]],
    ["many", Array.from({ length: 1_001 }, () => ({ path: "x", side: "base", line: 4, text: "x" }) as const)],
  ] as const)
    it(`refuse remarks that are too ${name} to be read again, and keep what there is`, async () => {
      const store = memoryMarks();
      const marks = reviewMarks(store);
      await marks.view("one", "x", "mark");
      await assert.rejects(marks.comment(A, comments), /at most/u);
      await marks.view("one", "y", "mark");
      assert.equal(reviewMarks(store).viewed("one").size, 2);
    });

  for (const garbage of [undefined, null, 1, "x", [], { ticks: 1 }, { ticks: [["a", [["b", "most"]]]], viewed: [] }])
    it(`begins anew on ${JSON.stringify(garbage)}`, async () => {
      const marks = reviewMarks({ read: () => garbage, write: async () => {} });
      await marks.tick(A, [{ path: "x", take: "none" }]);
      assert.deepEqual(marks.ticks(A), [{ path: "x", take: "none" }]);
    });

  it("forget the results nobody has ticked in for long", async () => {
    const marks = reviewMarks(memoryMarks());
    await marks.tick(A, [{ path: "x", take: "none" }]);
    for (let i = 0; i < 250; i += 1) await marks.tick(`c${i}`, [{ path: "x", take: "all" }]);
    assert.deepEqual([marks.ticks(A), marks.ticks("c249").length], [[], 1]);
  });
});
